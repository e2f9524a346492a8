/** NetEase (163.com, 126.com, yeah.net), whose replies hold a mark: `DT:SPM`. https://help.163.com/09/1224/17/5RAJ4LMH00753VB8.html */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://help.163.com/09/1224/17/5RAJ4LMH00753VB8.html';

export const netease: Receiver = {
  name: 'NetEase',
  gate: /\b(?:hl|mi|rp|dt|wm|ib):[a-z]{3}\b|\b(?:163|126)\.com\b|(?:163|126) smtp/,
  rules: [
    {
      id: 'netease-authentication',
      category: 'auth-failure',
      pattern: anyOf(/\bmi:(?:spf|dma)\b|mail from .{0,60}mismatches client ip/),
      why: 'SPF or DMARC of the sender’s domain does not let this host send.',
      source: SOURCE,
      examples: [
        '550 MI:SPF mx8, please see http://mail.163.com/help/help_spam_16.htm',
        '554 Connection refused(mx). MAIL FROM [a@example.com] mismatches client IP [192.0.2.1]. 163.com',
      ],
    },
    {
      id: 'netease-sender',
      category: 'sender-rejected',
      pattern: anyOf(/\b(?:wm:blu|mi:(?:spb|imf)|dt:sum)\b/),
      why: 'The sender’s address is malformed, on a list, or not the one in the header.',
      source: SOURCE,
      examples: ['554 DT:SUM mx5, please see http://mail.163.com/help/help_spam_16.htm', '550 MI:IMF mx1'],
    },
    {
      id: 'netease-ip',
      category: 'ip-blocked',
      pattern: anyOf(/\b(?:hl:(?:rep|ihu|ipb|mep)|dt:rbl|wm:bli)\b/),
      why: 'The IP is on a list, or behaves like a spammer’s.',
      source: SOURCE,
      examples: ['421 HL:REP 163 mx12', '554 HL:IHU 163 mx12', '450 DT:RBL mx2'],
    },
    {
      id: 'netease-rate',
      category: 'rate-limited',
      pattern: anyOf(/\b(?:hl:(?:icc|ifc)|mi:(?:dmc|ccl|sfq|stc)|rp:(?:drc|ccl|qrc|rcl|trc))\b/),
      why: 'Too many connections, messages or recipients.',
      source: SOURCE,
      examples: ['421 HL:ICC 163 mx4', '451 MI:SFQ mx1', '550 RP:TRC mx3'],
    },
    {
      id: 'netease-relay',
      category: 'relay-denied',
      pattern: anyOf(/\brp:frl\b/),
      why: 'Nobody may relay here without a login.',
      source: SOURCE,
      examples: ['550 RP:FRL mx3'],
    },
    {
      id: 'netease-spam',
      category: 'spam-content',
      pattern: anyOf(/\bdt:spm\b/),
      why: 'The message was taken for spam.',
      source: SOURCE,
      examples: ['554 DT:SPM 126 smtp3, please see http://mail.163.com/help/help_spam_16.htm'],
    },
    {
      id: 'netease-protocol',
      category: 'protocol',
      pattern: anyOf(/\b(?:mi|rp):cel\b|\bmi:nhd\b/),
      why: 'The client sends commands that are wrong, or no name in HELO.',
      source: SOURCE,
      examples: ['450 MI:CEL mx9', '550 MI:NHD mx9'],
    },
  ],
};
