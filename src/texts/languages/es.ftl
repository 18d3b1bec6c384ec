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

## Después de cerrar la sesión

signed-out-heading = Ha cerrado la sesión
signed-out-lead = Su verificación en este navegador ha terminado.
signed-out-next = Cuando vuelva a iniciar sesión, se enviará un código nuevo a su buzón.
sign-in-again = Iniciar sesión de nuevo
signed-out-shared = En un ordenador compartido, cierre también la ventana del navegador.

## Un rechazo

title-no-access = Sin acceso
title-not-found = No encontrado
title-try-again = Inténtelo de nuevo
title-not-served = Esta solicitud no se puede atender
ask-contact = Puede preguntar aquí: { $contact }.
help-number = Si pide ayuda, dé este número:
status = Estado { $status }

reason-address-unknown = No se conoce ningún buzón de su cuenta, así que no se puede enviar ningún código. Pregunte a la administración de su organización.
reason-token-blocked = La organización bloquea aquí los tokens de API de personas externas. Pregunte a la administración de su organización.
reason-not-invited = Este sitio es solo para personas externas invitadas a él. Pregunte a la persona con quien trabaja aquí o a la administración de su organización.
reason-policy-unreadable = Ahora no se puede leer lo que la organización pide a las personas externas. Inténtelo de nuevo en un momento.
reason-account-suspended = La organización suspendió su acceso. Pregunte a la administración de su organización, que puede restablecerlo.
reason-account-deactivated = Su cuenta fue desactivada. Pregunte a la administración de su organización, que puede reactivarla.
reason-account-closed = Su cuenta fue eliminada. Pregunte a la administración de su organización si debe tener otra.
reason-access-ended = Su acceso terminó el día acordado. Pregunte a su contacto en la organización, que puede prolongarlo.
reason-second-step = Su organización pide un código de su buzón cada vez que inicia sesión.
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
