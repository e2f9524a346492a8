/**
 * The same in other languages, as far as servers speak them: German, French, Spanish, Portuguese, Italian, Polish,
 * Russian, Japanese, Chinese, Korean. Accented letters may come as anything (`.{1,2}`): many servers send Latin-1 and
 * many relays break it.
 */
import { anyOf, type TextRule } from './rule.ts';

const OF =
  'Receivers in Germany, France, Spain, Portugal and Brazil, Italy, Poland, Russia, Japan, China, Korea';

/**
 * Whether a text may be in one of them: a letter beyond ASCII, or a word that English servers do not write. Trying the
 * rules below on every English reply would cost a fifth more.
 */
export const mayBeForeign =
  /[^\u0000-\u007f]|empf|benutzer|postfach|konto\b|absender|nachricht|gesperrt|unbekannt|existiert|als spam|comme |como |come spam|jako|destinat|utilisat|inconnu|usuario|buz.n|cuenta|\bconta\b|caixa|remetente|remitente|mittente|utente|casella|indirizzo|messag+io|mensa[jg]e|correo|mensagem|odbiorc|adresat|skrzynk|wiadomo|nadawc|zytkownik|\bbo[il]?te\b|compte|emetteur|expediteur|taille|courrier|dominio|deaktiviert|adressat|casilla|no existe|nie ma takie|domaine|domena|plus tard|m.s tarde|mais tarde|erneut|temporal|temporan|temporair|ponownie|ihre ip|votre|adres ip|groupe|grupo|gruppe|gruppo|grup[ay]\b|rejet|refus[eé]/;

/** What a sender did; tried with the English words for it. */
export const senderLanguages: readonly TextRule[] = [
  {
    id: 'spam-elsewhere',
    category: 'spam-content',
    pattern: anyOf(
      /als spam (?:erkannt|eingestuft|abgelehnt)|comme (?:\w{1,24} )?(?:spam|ind.{1,2}sirable)|como spam|come spam|jako spam|uznan[ao] za spam/,
      /(?:признано|похоже на|расценено как) спам|спамом|垃圾邮件|垃圾郵件|迷惑メール(?:と|として)|스팸(?:으로|메일)/,
    ),
    why: 'A filter took the message for spam.',
    source: OF,
    examples: [
      '550 Die Nachricht wurde als Spam erkannt',
      '550 Письмо похоже на спам',
      '550 邮件被判为垃圾邮件',
    ],
  },
  {
    id: 'ip-elsewhere',
    category: 'ip-blocked',
    pattern: anyOf(
      /(?:ihre|die) ip-?(?:adresse)? .{0,30}(?:gesperrt|blockiert|gelistet|sperrliste)|(?:votre|adresse) ip .{0,40}(?:bloqu|refus|liste)|(?:su|direcci.n) ip .{0,30}(?:bloque|lista)|(?:seu|endere.o) ip .{0,30}(?:bloque|lista)|(?:indirizzo|il tuo) ip .{0,30}(?:blocc|lista)|adres ip .{0,30}(?:zablokowan|list)/,
      /(?:ваш|адрес) ip.{0,30}(?:заблокирован|списке)|ip(?:-| )?адрес.{0,30}(?:заблокирован|списке)|ip地址.{0,20}(?:被|黑名单|拒绝)|被列入黑名单|차단된 ?ip/,
    ),
    why: 'The sending IP is refused.',
    source: OF,
    examples: ['554 Ihre IP-Adresse ist gesperrt', '554 Votre adresse IP est bloquee', '554 IP地址被拒绝'],
  },
  {
    id: 'sender-elsewhere',
    category: 'sender-rejected',
    pattern: anyOf(
      /absender(?:adresse|domain)? .{0,30}(?:abgelehnt|gesperrt|ung.{1,2}ltig|unbekannt|nicht)|(?:exp.{1,2}diteur|.metteur)(?: \S{1,40}){0,3} (?:invalide|refus|inconnu|rejet)|remitente(?: \S{1,40}){0,3} (?:rechazad|bloquead|no v.lid|inv.lid|desconocid)|remetente(?: \S{1,40}){0,3} (?:rejeitad|bloquead|inv.lid|desconhecid)|mittente(?: \S{1,40}){0,3} (?:rifiutat|bloccat|errat|non valid|sconosciut)|nadawc[ay](?: \S{1,40}){0,3} (?:odrzucon|nieznan|zablokowan)/,
      /отправител[ья](?: \S{1,40}){0,3} (?:не |отклон|заблокирован|отверг)|发件人(?:\S{0,6})(?:被拒绝|不存在|无效)|送信者(?:\S{0,8})(?:拒否|存在しません)|발신자(?:\S{0,6}) ?(?:차단|거부)/,
    ),
    why: 'The sender’s address is not accepted.',
    source: OF,
    examples: ['550 Absenderadresse abgelehnt', '550 Emetteur invalide', '550 发件人被拒绝'],
  },
];

/** About the address itself. */
export const recipientLanguages: readonly TextRule[] = [
  {
    id: 'full-elsewhere',
    category: 'mailbox-full',
    pattern: anyOf(
      /postfach (?:ist )?(?:\w{1,24} )?(?:voll|.berf.{1,2}llt)|benutzer hat zu ?viele (?:e-?)?mails|bo[iî].{0,2}te (?:\S{1,40} ){0,4}pleine|buz.{1,2}n (?:\S{1,40} ){0,2}llen[oa]|caixa (?:\S{1,40} ){0,3}(?:cheia|lotada)|casella (?:\S{1,40} ){0,3}piena|skrzynka (?:\S{1,40} ){0,2}(?:pe.na|przepe.nion)/,
      /ящик (?:\S{1,40} )?переполнен|переполнен(?:ный)? (?:почтовый )?ящик|превышен[аы]? (?:\S{1,40} )?квот/,
      /(?:メールボックス|受信箱|容量)(?:\S{0,6})(?:いっぱい|満杯|超え|オーバー)|(?:邮箱|信箱|郵箱)(?:\S{0,4})(?:已满|已滿|满)|(?:메일함|편지함|용량)(?:\S{0,6}) ?(?:초과|가득)/,
    ),
    why: 'The mailbox has no room; it may again.',
    source: OF,
    examples: [
      '552 5.2.2 Das Postfach ist voll',
      '552 5.2.2 Boite du destinataire pleine',
      '552 Переполнен почтовый ящик',
      '552 メールボックスの容量を超えています',
      '550 邮箱空间已满',
    ],
  },
  {
    id: 'disabled-elsewhere',
    category: 'mailbox-disabled',
    pattern: anyOf(
      /(?:konto|postfach|mailbox|benutzer)(?: \S{1,40}){0,2} (?:gesperrt|deaktiviert|inaktiv)|(?:compte|bo.{1,3}te)(?: \S{1,40}){0,3} (?:bloqu|d.{1,2}sactiv|suspendu|archiv)|(?:cuenta|buz.{1,2}n|casilla|usuario)(?: \S{1,40}){0,3} (?:desactivad|suspendid|inactiv|bloquead|(?:ha )?expirad)|conta(?: \S{1,40}){0,3} (?:desativad|suspens|inativ|bloquead)|(?:account|casella|indirizzo|utente)(?: \S{1,40}){0,3} (?:disabilitat|sospes|disattivat|bloccat|scadut)|(?:konto|skrzynka)(?: \S{1,40}){0,2} (?:zablokowan|nieaktywn|zawieszon)/,
      /(?:ящик|аккаунт|учетная запись)(?: \S{1,40}){0,2} (?:заблокирован|отключен|неактив)|(?:账号|帐号|邮箱|用户)(?:\S{0,4})(?:被禁用|已停用|已注销|被冻结|已冻结)|(?:アカウント|メールアドレス)(?:\S{0,6})(?:停止|無効)|(?:계정|메일함)(?:\S{0,4}) ?(?:정지|비활성|휴면)/,
    ),
    why: 'The account exists and is switched off.',
    source: OF,
    examples: [
      '550 Das Konto ist gesperrt',
      '550 Le compte est bloque',
      '550 账号已停用',
      '550 Ящик заблокирован',
    ],
  },
  {
    id: 'unknown-user-elsewhere',
    category: 'mailbox-unknown',
    pattern: anyOf(
      /unbekannte[rn]? (?:empf|benutzer|adress)|(?:empf.{1,3}nger|benutzer|adressat|adresse|postfach|mailbox)(?: \S{1,40}){0,3} (?:unbekannt|existiert nicht|nicht gefunden|nicht vorhanden|ung.{1,2}ltig)/,
      /(?:utilisateur|destinataire|adresse|compte|bo[iî].{0,2}te)(?: \S{1,40}){0,5} (?:inconnue?|invalide|inexistante?|n'existe pas|introuvable)/,
      /(?:usuario|destinatario|cuenta|buz.{1,2}n|direcci.{1,2}n|conta)(?: \S{1,40}){0,3} (?:desconocid[oa]|no existe|inexistente|no encontrad[oa]|inv.{1,2}lid[oa])|no existe (?:el|la|ese|esa|dicha?) (?:usuario|buz|cuenta|persona|direcci)/,
      /(?:usu.{1,2}rio|destinat.{1,2}rio|caixa|conta|endere.{1,2}o)(?: \S{1,40}){0,3} (?:desconhecid[oa]|n.{1,2}o existe|inexistente|n.{1,2}o encontrad[oa]|inv.{1,2}lid[oa])/,
      /(?:utente|destinatario|casella|indirizzo)(?: \S{1,40}){0,3} (?:sconosciut[oa]|inesistente|errat[oa]|non esiste|non trovat[oa])|nessun utente/,
      /(?:u.ytkownik|adresat|odbiorca|skrzynka|konto)(?: \S{1,40}){0,3} (?:nie istnieje|nieznan[ya])|nieznan[ya] (?:u.ytkownik|adresat|odbiorca|skrzynka|konto)|nie ma takie(?:go|j) (?:u.ytkownika|adresu|konta|skrzynki|odbiorcy)/,
      /宛先不明|存在しない(?:メール)?(?:アドレス|ユーザー?)|(?:宛先|受信者|ユーザー?|メールアドレス)(?:\S{0,14} ?){0,2}(?:見つかり|存在し)(?:ません|ない)|ディレクトリ(?:に|には)見つかりません/,
      /(?:用户|用戶|收件人|信箱|邮箱|帐号|账号)(?:\S{0,6})(?:不存在|无效|無效)|(?:收件人|邮件|邮箱)地址[（(][^（()）]{1,254}[）)]不存在|不存在的(?:用户|邮箱|收件人)|(?:无此|查无此|沒有此)(?:用户|人|邮箱|使用者)/,
      /(?:존재하지 않는|없는|알 수 없는) ?(?:사용자|수신자|메일|계정|이메일)|(?:사용자|수신자|계정)(?:\S{0,4}) ?(?:존재하지 않|찾을 수 없|없습니다)/,
      /нет такого (?:пользователя|адреса|ящика)|(?:пользовател[ья]|ящик|адрес(?:ат)?|получател[ья])(?: \S{1,40}){0,2} не (?:найден|существует|известен)|неизвестный (?:пользователь|получатель)/,
    ),
    why: 'The mailbox does not exist.',
    source: OF,
    examples: [
      '550 5.1.1 Unbekannter Empfänger',
      '550 5.1.1 Adresse d au moins un destinataire invalide',
      '550 El usuario no existe',
      '550 Usuário desconhecido',
      '550 Utente sconosciuto',
      '550 Nie ma takiego użytkownika',
      '550 Nieznany użytkownik',
      '550 宛先不明',
      '550 收件人地址不存在',
      '收件人邮件地址（ann@example.com）不存在，邮件无法送达。',
      '550 존재하지 않는 사용자입니다',
      '550 Пользователь не найден',
    ],
  },
  {
    id: 'domain-elsewhere',
    category: 'domain-invalid',
    pattern: anyOf(
      /(?:domain|dom.{1,2}ne)(?: \S{1,40}){0,2} (?:existiert nicht|unbekannt|nicht gefunden)|domaine(?: \S{1,40}){0,3} (?:inexistant|inconnu|n'existe pas)|dominio(?: \S{1,40}){0,3} (?:no existe|inexistente|desconocid|inesistente|non esiste)|dom.{1,2}nio(?: \S{1,40}){0,3} (?:n.{1,2}o existe|inexistente)|domena(?: \S{1,40}){0,2} nie istnieje|домен(?: \S{1,40}){0,2} не (?:найден|существует)|ドメイン(?:\S{0,8})(?:存在しません|見つかりません)|域名(?:\S{0,4})不存在|도메인(?:\S{0,4}) ?(?:없|존재하지)/,
    ),
    why: 'The recipient’s domain does not exist.',
    source: OF,
    examples: ['550 Domain existiert nicht', '550 域名不存在'],
  },
];

/** The receiver’s systems, and general refusals. */
export const systemLanguages: readonly TextRule[] = [
  {
    id: 'size-elsewhere',
    category: 'message-too-large',
    pattern: anyOf(
      /nachricht (?:ist )?zu gro.{1,2}|(?:taille|size) limite? .{0,20}message|message (?:est )?trop (?:gros|volumineux)|mensaje (?:es )?demasiado grande|mensagem (?:\S{1,40} )?(?:muito )?grande|messaggio (?:\S{1,40} )?troppo grande|wiadomo.{1,2} (?:jest )?zbyt du.a|слишком больш(?:ое|ой)|(?:メール|メッセージ)(?:\S{0,4})サイズ(?:\S{0,6})超え|邮件(?:\S{0,4})(?:过大|太大)|크기(?:\S{0,4}) ?초과/,
    ),
    why: 'The message is larger than the receiver takes.',
    source: OF,
    examples: ['552 5.3.4 Nachricht zu groß', '552 Taille limite du message atteinte', '552 邮件过大'],
  },
  {
    id: 'later-elsewhere',
    category: 'system-error',
    pattern: anyOf(
      /sp.{1,2}ter (?:erneut|noch ?mal|wieder)|vor.{1,2}bergehend|(?:essayer|r.{1,2}essayer|r.{1,2}essayez) plus tard|temporairement|int.{1,2}ntelo (?:de nuevo )?m.{1,2}s tarde|temporalmente|tente (?:novamente )?mais tarde|temporariamente|riprova(?:re)? pi.{1,2} tardi|temporaneamente|spr.{1,2}buj ponownie|tymczasowo|попробуйте позже|временно|しばらく(?:して|経って)|一時的|请稍后|稍后再试|暂时|나중에 다시|일시적/,
    ),
    why: 'It does not work for now.',
    source: OF,
    examples: [
      '450 Bitte versuchen Sie es später erneut',
      '421 Veuillez essayer plus tard',
      '450 请稍后再试',
    ],
  },
  {
    id: 'policy-elsewhere',
    category: 'policy-rejected',
    pattern: anyOf(
      /(?:nachricht|mail|e-mail)(?: \S{1,40}){0,3} (?:abgelehnt|zur.{1,2}ckgewiesen)|(?:message|mail|courrier)(?: \S{1,40}){0,2} (?:rejet|refus)|(?:mensaje|correo)(?: \S{1,40}){0,2} rechazad|mensagem(?: \S{1,40}){0,2} (?:rejeitad|recusad)|messaggio(?: \S{1,40}){0,2} (?:rifiutat|respint)|wiadomo.{1,2}(?: \S{1,40}){0,2} odrzucon|сообщение(?: \S{1,40}){0,2} (?:отклонено|отвергнуто)|(?:メール|受信)(?:\S{0,6})拒否|(?:邮件|郵件)(?:\S{0,4})(?:被拒|拒绝|拒收)|(?:메일|수신)(?:\S{0,4}) ?거부/,
    ),
    general: true,
    why: 'Refused by a rule that is not named.',
    source: OF,
    examples: ['550 Die Nachricht wurde abgelehnt', '550 Message rejete', '550 邮件被拒绝'],
  },
  {
    id: 'group-elsewhere',
    category: 'recipient-refused',
    pattern: anyOf(
      /(?:gruppe|groupe|grupo|gruppo|grup[ay]|skupin[auy]).{0,120}(?:berechtigung|autoris|permiso|permiss|autorizz|uprawnie|opr.vn.n)|グループ.{0,80}権限|群组.{0,40}权限|그룹.{0,40}권한|групп.{0,80}(?:разрешен|прав)|समूह.{0,160}अनुमति|المجموعة.{0,120}(?:مصرح|إذن)/,
    ),
    why: 'The group does not exist, or the sender may not write to it.',
    source: 'Google Groups, in the reader’s language',
    examples: [
      'Die Gruppe, die Sie kontaktieren wollten, existiert nicht, oder Sie haben keine Berechtigung, Nachrichten zu senden',
      'El grupo quizás no exista o bien no tienes los permisos necesarios',
    ],
  },
];
