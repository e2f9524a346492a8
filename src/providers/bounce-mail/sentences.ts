/**
 * The words that tell what kind of mail it is, in the languages of the large providers: a phrase a line, which is
 * tried against a subject or the first 4 KiB of a notice. Gaps are bounded, so that none can run long.
 */
import { oneOf } from './phrases.ts';

/** Who sends bounces: the local part or the name in `From`. */
export const daemons = oneOf(
  /mailer[-_. ]?daemon|mail ?daemon|mdaemon|post[ _-]?master/,
  /mail ?deliver[a-z]{0,3} (?:sub)?(?:system|service|agent)|delivery (?:sub)?system/,
  /(?:mail|system) administrator|mail (?:system|router|gateway)/,
  /\bndr\b|mmsc|mailmarshal/,
  /<>\s*$/,
);

/** A notice of failure says one of these in its subject or its text. */
export const failures = oneOf(
  /undeliver|un-deliver|non-?deliver|failure notice|mail system error/,
  /(?:not|n['’]t|never|unable to|cannot|failed to|trouble)(?: be| been)?(?: being)? ?(?:deliver|sen[dt]|reach)/,
  /(?:problems?|errors? (?:while |in |occurred )?|failure (?:in |of |while )?) ?(?:deliver|sen[dt])/,
  /deliver[a-z]{0,5} [a-z ]{0,40}?(?:fail|error|problem|notification|report|impossible|unsuccess)/,
  /(?:mail|message|delivery|transaction) (?:delivery |status |transaction )?(?:failed|failure|error)/,
  /fail(?:ed|ure) (?:permanently|recipient|delivery|reasons?)|permanent(?:ly)? (?:error|fail|fatal)/,
  /return(?:ed|ing) (?:mail|message|to sender)|(?:mail|message) (?:has been|was) returned|did not reach|could not (?:send|find)|error sending/,
  /(?:unknown|no such|invalid|illegal|not a (?:valid|known)|disabled|inactive) (?:user|recipient|mailbox|address|account|local part)/,
  /(?:user|recipient|mailbox|address|account|host|domain)s? (?:is |was |name )?(?:unknown|not found|unavailable|does(?:n['’]t| not) exist|disabled|full|rejected|refused|over quota|not recogni[sz]ed)/,
  /smtp (?:server|client): errors from/, // to the postmaster of Postfix, with the session
  /had (?:permanent|transient|delivery|non-?recoverable|fatal)|no valid recipients|quota exceeded/,
  /配信でき|送信でき|送信エラー|届け|配信エラー|配送でき|存在しません|見つかりません|に失敗/,
  /не может быть доставлено|не доставлен|не удалось доставить|недоставлен/,
  /nicht (?:zugestellt|zustell)|unzustellbar/,
  /non remis|pas pu être|échec de la remise/,
  /no se (?:ha podido|pudo|puede) entregar|no entregad/,
  /impossibile (?:recapitare|consegnare)|mancat[oa] (?:recapito|consegna)/,
  /non (?:ha potuto|è stato possibile|può|è stato) .{0,30}(?:recapit|consegn)a/,
  /não (?:foi possível|pôde)|não entregue/,
  /无法(?:投递|送达|发送)|退信|無法(?:傳遞|傳送)|반송|전송 ?실패|전송되지|배달(?:되지|할 수)/,
  /non recapitabile|recapito non riuscito|não é possível entregar|falha na entrega/,
  /kan (?:ikke|inte) lever|levering(?:en)? mislyk|gick inte att lever|olevererbar|kézbesít(?:hetetlen|eni)|nelivrat|a putut fi livrat/,
  /nie (?:została )?dostarczon|niedostarczon|dostarczenie .{0,60}nie powiodło|nie można dostarczyć|nedoručiteln|doručen|iletilemedi|teslim edilemedi/,
  /kunde inte levereras|kunne ikke leveres|ikke leveret|onbestelbaar|niet (?:worden )?(?:bezorgd|afgeleverd)|ei voitu toimittaa/,
);

/** The reporter still tries. */
export const delays = oneOf(
  /\bdelay(?:ed)?\b|still (?:trying|being (?:retried|tried))|not yet (?:been )?delivered/,
  /will (?:be retried|retry|keep trying|continue to (?:try|be)|try again)|retr(?:y|ies) (?:will|are)/,
  /could not send (?:mail|message) for past|warning[:-]{1,2} (?:could not|message)/,
  /no action is required|(?:do not|no need to) (?:need to )?re-?send/,
  /temporary (?:delivery )?(?:problem|failure notice)|delivery (?:is|was|has been) (?:temporarily )?suspended/,
);

/** The reporter gave up, whatever it says of delays. */
export const finals = oneOf(
  /giv(?:en|ing) up|gave up|permanent(?:ly)? (?:error|fail|fatal)|failed permanently/,
  /no (?:further|more) (?:attempts|delivery attempts)|not going to try|retry timeout exceeded/,
  /will (?:not|no longer) (?:be retried|retry|try|be attempted)|has been (?:returned|removed)/,
  /unable to deliver .{0,60}after/,
);

/** Somebody’s machine answered, RFC 3834; the message arrived. */
export const autoReplies = oneOf(
  /\bauto(?:mat(?:ic|ed|isch\w*|ique|ica|ická))?[-_ :]?(?:reply|respon[sd]\w*|answer|antwort\w*)/,
  /out[- ]of[- ](?:the[- ])?(?:office|town)|\bvacation\b/,
  /\babwesen(?:d|heit)|réponse automatique|absence du bureau|respuesta automática|risposta automatica/,
  /resposta automática|automatisch antwoord|fuori ufficio|автоответ/,
  /自動(?:返信|応答)|不在通知|自动(?:回复|答复)/,
);

/** Subjects of Postfix, Exchange and Sendmail where nothing failed. */
export const successes =
  /^\s*(?:successful mail delivery report|(?:delivered|relayed|expanded)\s*:|delivery status notification \((?:success|relay|expand)|return receipt)/i;

/** A read receipt that tells of a refusal: RFC 5429 2.1.2, by Dovecot and Cyrus. */
export const refusals = /automatically rejected/i;

/** People talk about bounces, and quote them. */
export const answers = /^\s*(?:re|aw|antw|sv|tr|r[eé]f)\s?:/i;
