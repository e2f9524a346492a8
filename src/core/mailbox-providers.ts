/**
 * Domains under which the public has mailboxes. They never die as a whole: when all of them seem to, it is a
 * resolver, a typo in our own set-up or a provider's bad day, and no rule may block millions of people for it.
 */
const domains: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com
  outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.co.jp
  hotmail.com.br live.co.uk live.fr live.nl live.de live.it live.ca live.com.au live.jp live.se live.dk live.no
  live.be live.ie outlook.fr outlook.de outlook.es outlook.it outlook.jp outlook.com.br outlook.co.uk outlook.be
  yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.jp yahoo.com.br
  yahoo.co.in yahoo.in yahoo.ca yahoo.com.au yahoo.com.mx yahoo.com.ar yahoo.com.tw yahoo.com.hk yahoo.co.id
  yahoo.ie yahoo.se yahoo.no yahoo.dk yahoo.gr yahoo.pl yahoo.ro yahoo.com.sg yahoo.com.ph yahoo.com.vn
  aol.com aim.com aol.co.uk aol.de verizon.net att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net
  icloud.com me.com mac.com
  comcast.net xfinity.com cox.net charter.net spectrum.net rr.com roadrunner.com twc.com earthlink.net juno.com
  netzero.net optonline.net optimum.net frontier.com windstream.net centurylink.net q.com embarqmail.com
  suddenlink.net cableone.net
  rogers.com bell.net sympatico.ca shaw.ca telus.net videotron.ca
  gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr gmx.co.uk web.de mail.com email.de t-online.de magenta.de freenet.de
  arcor.de vodafone.de 1und1.de posteo.de posteo.net mailbox.org
  bluewin.ch sunrise.ch a1.net aon.at chello.at
  orange.fr wanadoo.fr free.fr sfr.fr neuf.fr numericable.fr laposte.net bbox.fr
  libero.it virgilio.it tin.it alice.it tim.it tiscali.it fastwebnet.it inwind.it iol.it aruba.it
  telefonica.net terra.es ono.com movistar.es sapo.pt
  btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk tiscali.co.uk plus.net
  o2.co.uk eircom.net
  telenet.be skynet.be proximus.be ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl hetnet.nl upcmail.nl
  telia.com tele2.se bredband.net comhem.se online.no getmail.no mail.dk tdcadsl.dk elisanet.fi kolumbus.fi
  seznam.cz email.cz centrum.cz post.cz volny.cz azet.sk zoznam.sk
  wp.pl o2.pl onet.pl interia.pl op.pl poczta.onet.pl gazeta.pl tlen.pl
  freemail.hu citromail.hu abv.bg mail.bg ukr.net i.ua meta.ua
  mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru
  qq.com foxmail.com vip.qq.com 163.com 126.com yeah.net 188.com sina.com sina.cn sohu.com aliyun.com 139.com
  189.cn wo.cn 21cn.com tom.com
  naver.com daum.net hanmail.net kakao.com nate.com
  docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp ymobile.ne.jp nifty.com biglobe.ne.jp ocn.ne.jp
  so-net.ne.jp dion.ne.jp plala.or.jp rakuten.jp
  pchome.com.tw hinet.net
  rediffmail.com sify.com
  uol.com.br bol.com.br terra.com.br ig.com.br globo.com
  bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au xtra.co.nz
  walla.co.il netvision.net.il
  mynet.com
  proton.me protonmail.com pm.me fastmail.com fastmail.fm zoho.com zohomail.com tutanota.com tuta.com hey.com
  duck.com mozmail.com privaterelay.appleid.com`.split(/\s+/),
);

export const isMailboxProvider = (domain: string): boolean => domains.has(domain);
