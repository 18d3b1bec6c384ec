## La página que pide un código

heading-check = Consulte su buzón
heading-failed = El correo no llegó
heading-over = Necesita un código nuevo
heading-used = Ese código ya se usó
title-error = Error: { $heading }
lead-queued = Un código de { $digits } cifras va en camino a { $mailbox }.
lead-sent = Hemos enviado un código de { $digits } cifras a { $mailbox }.
lead-failed = No se pudo entregar el correo a { $mailbox }.
lead-over = Un código nuevo se enviará a { $mailbox }.
look-for = Busque el correo marcado { $tag }.
why-days = { $count ->
        [one] A las personas externas, { $organization } se lo pide cada día.
       *[other] A las personas externas, { $organization } se lo pide cada { $count } días.
    }
why-hours = { $count ->
        [one] A las personas externas, { $organization } se lo pide cada hora.
       *[other] A las personas externas, { $organization } se lo pide cada { $count } horas.
    }
why-minutes = { $count ->
        [one] A las personas externas, { $organization } se lo pide cada minuto.
       *[other] A las personas externas, { $organization } se lo pide cada { $count } minutos.
    }
why-always = A las personas externas, { $organization } se lo pide cada vez.
code-label = Código de { $digits } cifras
code-life = { $count ->
        [one] Vale 1 minuto más.
       *[other] Vale { $count } minutos más.
    }
code-tries = { $count ->
        [one] Tiene 1 intento.
       *[other] Tiene { $count } intentos.
    }
continue = Continuar
send-again = Enviar de nuevo
send-new = Enviar un código nuevo
go-on = Seguir a { $host }

## Cómo va el correo

delivery-queued = El correo espera al servidor de correo.
delivery-waiting = { $count ->
        [one] El servidor de correo aún no ha aceptado el correo. Lo hemos intentado 1 vez y seguimos intentándolo.
       *[other] El servidor de correo aún no ha aceptado el correo. Lo hemos intentado { $count } veces y seguimos intentándolo.
    }
delivery-sent = { $count ->
        [0] Entregado al servidor de correo ahora mismo ({ $time } UTC).
        [one] Entregado al servidor de correo hace 1 minuto ({ $time } UTC).
       *[other] Entregado al servidor de correo hace { $count } minutos ({ $time } UTC).
    }
delivery-again = Ver cómo va ahora
refused-mailbox = El servidor de correo dice que ese buzón no existe. Pida a su contacto en { $organization } que corrija su dirección.
refused-full = El buzón está lleno. Haga sitio en él y envíe el correo de nuevo.
refused-blocked = El servidor de correo rechaza nuestro correo. Pida a quien gestiona su buzón que admita el correo de { $sender } y envíelo de nuevo.
refused-other = El servidor de correo no acepta el correo. Envíelo de nuevo o pregunte a su contacto en { $organization }.
refused-late = El servidor de correo no aceptó el correo a tiempo. Envíelo de nuevo o pregunte a su contacto en { $organization }.

## Qué resultó del último botón

wrong-code = { $count ->
        [one] Ese código no es correcto. Compárelo con el correo más reciente: le queda 1 intento.
       *[other] Ese código no es correcto. Compárelo con el correo más reciente: le quedan { $count } intentos.
    }
wrong-code-last = Ese código no es correcto, y el que enviamos ya no vale. Envíe un código nuevo.
not-a-code = Eso no es un código. Escriba las { $digits } cifras del correo más reciente.
code-expired = Ese código es demasiado antiguo. Envíe un código nuevo.
code-used = Un código vale una sola vez, y ese ya se usó. Siga al sitio; si aún le pide un código, envíe uno nuevo.
too-many-tries = Ese código se probó demasiadas veces y ya no vale. Envíe un código nuevo.
too-often = { $count ->
        [one] Hubo demasiados códigos erróneos para su cuenta. Vuelva dentro de 1 minuto.
       *[other] Hubo demasiados códigos erróneos para su cuenta. Vuelva dentro de { $count } minutos.
    }
network-too-often = { $count ->
        [one] Hubo demasiados intentos desde su red. Vuelva dentro de 1 minuto.
       *[other] Hubo demasiados intentos desde su red. Vuelva dentro de { $count } minutos.
    }
mail-sent = Otro correo va en camino. Vale el código del correo más reciente.
mail-too-often = { $count ->
        [one] Acaba de salir un correo. Búsquelo o vuelva a pedirlo dentro de 1 segundo.
       *[other] Acaba de salir un correo. Búsquelo o vuelva a pedirlo dentro de { $count } segundos.
    }
mail-too-often-over = { $count ->
        [one] Acaba de salir un correo. Pida un código nuevo dentro de 1 segundo.
       *[other] Acaba de salir un correo. Pida un código nuevo dentro de { $count } segundos.
    }

## Debajo del formulario

no-mail = ¿No llega el correo?
no-mail-spam = Busque en la carpeta de correo no deseado un correo de { $sender }.
no-mail-newest = Si llegaron varios correos, vale el código del más reciente.
no-mail-address = La dirección pertenece a su cuenta en { $host }. Si ya no la lee, pida a su contacto en { $organization } que la cambie.
not-you = ¿No es usted?
sign-out = Cerrar sesión en { $host }
what-it-is = El código muestra que usted aún puede leer este buzón, y nada más.
no-password = Esta página nunca pide una contraseña.

## Authenticator apps and passkeys

heading-confirm = Confirme su identidad
app-label = Código de su aplicación de autenticación
app-hint = Seis cifras, que cambian cada 30 segundos.
app-wrong = Ese código no es correcto o ya se utilizó. Escriba el código que la aplicación muestra ahora.
mail-instead = Enviarme un código por correo
other-way = Confirmar de otra forma
methods-link = Configurar una aplicación de autenticación o una llave de acceso en lugar de esperar un correo
methods-heading = Cómo confirma su identidad
methods-lead = En lugar de esperar un correo, puede usar lo que configure aquí.
methods-mail = Código por correo a { $mailbox }
methods-first = Para cambiar cómo confirma su identidad, primero confírmela una vez más.
methods-what = Un código por correo solo demuestra que todavía puede leer el buzón. Una aplicación de autenticación o una llave de acceso es más segura.
methods-done = Está configurado y puede usarlo desde ahora.
methods-removed = Se ha eliminado.
methods-over = Pasó demasiado tiempo o se empezó en otro lugar. Empiece de nuevo.
methods-full = Por ahora no se puede configurar nada más.
method-app = Aplicación de autenticación
method-passkey = Llave de acceso
method-added = configurado el { $date }
method-remove = Eliminar { $name }
method-name = Nombre, para reconocerlo más tarde
app-begin = Configurar una aplicación de autenticación
app-scan = Escanee esta imagen con la aplicación o escriba en ella la clave que está debajo. Después escriba el código que muestra la aplicación.
app-picture = Código QR con la clave
app-open = Abrir la aplicación en este dispositivo
passkey-use = Usar una llave de acceso
passkey-begin = Configurar una llave de acceso
passkey-wrong = La llave de acceso no funcionó aquí. Inténtelo de nuevo o confirme de otra forma.
passkey-script = Una llave de acceso necesita JavaScript en este navegador.

## Después de cerrar la sesión

signed-out-heading = Ha cerrado la sesión
signed-out-lead = Su verificación en este navegador ha terminado.
signed-out-next = Cuando vuelva a iniciar sesión, se enviará un código nuevo a su buzón.
sign-in-again = Iniciar sesión de nuevo
signed-out-shared = En un ordenador compartido, cierre también la ventana del navegador.

## Un formulario que se guardó

held-note = Lo que envió está guardado. Podrá enviarlo después del código.
held-heading = Lo que envió se ha guardado
held-lead = Usted ha verificado, así que ahora puede enviarse a { $target }. Se guarda unos minutos.
held-send = Enviar ahora
held-drop = Desechar
held-gone-heading = Aquí no hay nada guardado
held-gone = Ya se envió o se desechó, su tiempo terminó, o usted inició sesión de nuevo.
unsent-heading = Lo que envió no se ha transmitido
unsent-lead = Primero debe verificar, y mientras tanto esto no se puede guardar. Verifique en una pestaña nueva, vuelva aquí una página atrás y envíelo otra vez.
unsent-verify = Verificar en una pestaña nueva
in-place-heading = Verifique su buzón
in-place-lead = Hasta entonces esta página no puede guardar. Verifique en una pestaña nueva y vuelva aquí: no se pierde nada de lo que escribió.
in-place-later = Ahora no

## Los navegadores de una persona, y el correo sobre uno nuevo

browsers-heading = Sus navegadores verificados
browsers-lead = En estos navegadores verificó su buzón para { $organization }. Si no reconoce alguno, ciérrelo, cambie su contraseña y avise a la administración.
browsers-none = No ha verificado en ningún navegador, o ya no cuenta ninguno.
browser-name = { $program } en { $system }
browser-unknown = Un navegador desconocido
browser-here = este navegador
browser-when = Verificado primero el { $first } y por última vez el { $last } en { $host } desde la red { $network }.
browser-end = Cerrarlo
browsers-end-others = Cerrar todos los demás
new-browser-subject = Se verificó un navegador nuevo en { $organization }
new-browser-what = El { $time } alguien verificó en su nombre en { $host }. El navegador: { $browser }. La red: { $network }.
new-browser-next = Si fue usted, no hay nada que hacer. Si no, abra sus navegadores verificados, cierre ese y cambie su contraseña:

## Un rechazo

title-no-access = Sin acceso
title-not-found = No encontrado
title-try-again = Inténtelo de nuevo
title-loop = Se le preguntaría una y otra vez
title-not-served = Esta solicitud no se puede atender
try-again = Intentar de nuevo
ask-contact = Puede preguntar aquí: { $contact }.
help-number = Si pide ayuda, dé este número:
status = Estado { $status }

reason-address-unknown = No se conoce ningún buzón de su cuenta, así que no se puede enviar ningún código. Pregunte a la administración de su organización.
reason-token-blocked = La organización bloquea aquí los tokens de API. Pregunte a la administración de su organización.
reason-not-invited = Este sitio es solo para personas externas invitadas a él. Pregunte a la persona con quien trabaja aquí o a la administración de su organización.
reason-policy-unreadable = Ahora no se puede leer lo que pide la organización. Inténtelo de nuevo en un momento.
reason-account-suspended = La organización suspendió su acceso. Pregunte a la administración de su organización, que puede restablecerlo.
reason-account-deactivated = Su cuenta fue desactivada. Pregunte a la administración de su organización, que puede reactivarla.
reason-account-closed = Su cuenta fue eliminada. Pregunte a la administración de su organización si debe tener otra.
reason-access-ended = Su acceso terminó el día acordado. Pregunte a su contacto en la organización, que puede prolongarlo.
reason-second-step = Su organización le pide que confirme su identidad cada vez que inicia sesión.
reason-second-step-setup = A su organización no le basta un código por correo: configure otra forma de confirmar su identidad.
reason-second-step-impossible = Su organización pide un segundo paso que nadie puede configurar aquí. Pregunte a la administración de su organización.
reason-single-sign-on = Su organización quiere que inicie sesión con su inicio de sesión único. Inicie sesión de nuevo.
reason-session-reset = Su organización terminó todas las sesiones anteriores. Inicie sesión de nuevo.
reason-session-expired = Inició sesión hace más tiempo del que permite su organización. Inicie sesión de nuevo.
reason-session-idle = Estuvo ausente más tiempo del que permite su organización. Inicie sesión de nuevo.
reason-identity-unavailable = El sitio no puede decir ahora quién ha iniciado sesión. Inténtelo de nuevo en un momento.
reason-identity-mismatch = La sesión cambió mientras se cargaba la página. Cárguela de nuevo.
reason-store-unavailable = La verificación no es posible ahora. Inténtelo de nuevo en un momento.
reason-upstream-unreachable = No se puede llegar al sitio que está detrás de esta pasarela.
reason-upstream-timeout = El sitio que está detrás de esta pasarela no respondió a tiempo.
reason-malformed-request = La solicitud está mal formada.
reason-ambiguous-host = La solicitud debe nombrar exactamente un host.
reason-host-mismatch = La conexión se abrió para otro host. Abra una nueva para este.
reason-unknown-host = Aquí no se sirve ningún sitio con ese nombre.
reason-malformed-path = La ruta de la solicitud está mal formada.
reason-session-id-in-path = Un identificador de sesión no debe formar parte de la ruta.
reason-unknown-page = Esa página no existe aquí.
reason-hardened-path = Esa dirección podría abrir un archivo interno del producto, por eso no se sirve.
reason-duplicate-cookie = La solicitud lleva dos veces una cookie o un token de sesión.
reason-duplicate-authorization = La solicitud lleva más de una cabecera Authorization.
reason-query-credentials = Las credenciales no deben formar parte de la dirección.
reason-method-not-allowed = Ese método no está permitido aquí.
reason-upgrade-refused = Ese cambio de protocolo no está permitido.
reason-head-too-large = Las cabeceras de la solicitud son demasiado grandes.
reason-target-too-long = La dirección es demasiado larga.
reason-body-too-large = El contenido de la solicitud es demasiado grande.
reason-body-stalled = El contenido de la solicitud dejó de llegar. Envíela de nuevo.
reason-too-many-connections = Hay demasiadas conexiones abiertas desde su dirección. Cierre algunas e inténtelo de nuevo.
reason-cross-site = El formulario no venía de este sitio. Abra la página de nuevo.
reason-cookies-not-kept = Este navegador no guarda la cookie que recuerda su verificación, así que se le pediría una y otra vez. Permita las cookies para este sitio e inténtelo de nuevo.
reason-sign-in-out-of-reach = La página ve su inicio de sesión y la verificación no, así que se le enviaría de una a otra. Cierre la sesión y vuelva a iniciarla; si eso no ayuda, avise a la administración de su organización.
reason-proof-not-counted = Usted verificó, y no cuenta: la organización pregunta cada vez, o los relojes de sus servidores difieren. Avise a la administración de su organización.
reason-internal = Algo salió mal aquí. Inténtelo de nuevo.

## El correo con el código

mail-subject = Confirme su buzón ante { $organization } ({ $tag })
mail-greeting = Hola:
mail-ask = Alguien está iniciando sesión en { $host } en su nombre, y { $organization } le pide que confirme su buzón. Si es usted, escriba este código en la página que lo pide:
mail-tag = La página llama a este correo { $tag }.
mail-life = { $count ->
        [one] El código vale una sola vez, durante 1 minuto.
       *[other] El código vale una sola vez, durante { $count } minutos.
    }
mail-secret = Nadie le pedirá nunca este código, ni por teléfono, ni por chat, ni por correo. No se lo dé a nadie.
mail-not-you = Si no acaba de iniciar sesión en { $host }, no haga caso de este mensaje y avise a la administración de { $organization }: quizá otra persona conozca su contraseña. Sin el código no llegará más lejos.
