## A página que pede um código

heading-check = Verifique sua caixa de entrada
heading-failed = O e-mail não chegou
heading-over = Você precisa de um novo código
heading-used = Esse código já foi usado
title-error = Erro: { $heading }
lead-queued = Um código de { $digits } dígitos está a caminho de { $mailbox }.
lead-sent = Enviamos um código de { $digits } dígitos para { $mailbox }.
lead-failed = Não foi possível entregar o e-mail para { $mailbox }.
lead-over = Um novo código será enviado para { $mailbox }.
look-for = Procure o e-mail marcado com { $tag }.
why-days = { $count ->
        [one] De pessoas de fora, { $organization } pede isto todos os dias.
       *[other] De pessoas de fora, { $organization } pede isto a cada { $count } dias.
    }
why-hours = { $count ->
        [one] De pessoas de fora, { $organization } pede isto a cada hora.
       *[other] De pessoas de fora, { $organization } pede isto a cada { $count } horas.
    }
why-minutes = { $count ->
        [one] De pessoas de fora, { $organization } pede isto a cada minuto.
       *[other] De pessoas de fora, { $organization } pede isto a cada { $count } minutos.
    }
why-always = De pessoas de fora, { $organization } pede isto todas as vezes.
code-label = Código de { $digits } dígitos
code-life = { $count ->
        [one] Ele vale por mais { $count } minuto.
       *[other] Ele vale por mais { $count } minutos.
    }
code-tries = { $count ->
        [one] Você tem { $count } tentativa.
       *[other] Você tem { $count } tentativas.
    }
continue = Continuar
send-again = Enviar de novo
send-new = Enviar um novo código
go-on = Seguir para { $host }

## A situação do e-mail

delivery-queued = O e-mail está à espera do servidor de e-mail.
delivery-waiting = { $count ->
        [one] O servidor de e-mail ainda não aceitou o e-mail. Tentamos { $count } vez e continuamos tentando.
       *[other] O servidor de e-mail ainda não aceitou o e-mail. Tentamos { $count } vezes e continuamos tentando.
    }
delivery-sent = { $count ->
        [0] Entregue ao servidor de e-mail agora mesmo ({ $time } UTC).
        [one] Entregue ao servidor de e-mail há { $count } minuto ({ $time } UTC).
       *[other] Entregue ao servidor de e-mail há { $count } minutos ({ $time } UTC).
    }
delivery-again = Ver a situação agora
refused-mailbox = O servidor de e-mail diz que essa caixa não existe. Peça ao seu contato em { $organization } que corrija o seu endereço.
refused-full = A caixa está cheia. Libere espaço nela e envie o e-mail de novo.
refused-blocked = O servidor de e-mail rejeita o nosso e-mail. Peça a quem administra a sua caixa que aceite os e-mails de { $sender } e envie de novo.
refused-other = O servidor de e-mail não aceita o e-mail. Envie de novo ou fale com o seu contato em { $organization }.
refused-late = O servidor de e-mail não aceitou o e-mail a tempo. Envie de novo ou fale com o seu contato em { $organization }.

## O resultado do último botão

wrong-code = { $count ->
        [one] Esse código não está certo. Compare-o com o e-mail mais recente: resta { $count } tentativa.
       *[other] Esse código não está certo. Compare-o com o e-mail mais recente: restam { $count } tentativas.
    }
wrong-code-last = Esse código não está certo, e o que enviamos não vale mais. Envie um novo código.
not-a-code = Isso não é um código. Digite os { $digits } dígitos do e-mail mais recente.
code-expired = Esse código é antigo demais. Envie um novo código.
code-used = Um código vale uma única vez, e esse já foi usado. Siga para o site; se ele ainda pedir um código, envie um novo.
too-many-tries = Esse código foi tentado vezes demais e não vale mais. Envie um novo código.
too-often = { $count ->
        [one] Houve códigos errados demais para a sua conta. Volte daqui a { $count } minuto.
       *[other] Houve códigos errados demais para a sua conta. Volte daqui a { $count } minutos.
    }
network-too-often = { $count ->
        [one] Houve tentativas demais a partir da sua rede. Volte daqui a { $count } minuto.
       *[other] Houve tentativas demais a partir da sua rede. Volte daqui a { $count } minutos.
    }
mail-sent = Outro e-mail está a caminho. Vale o código do e-mail mais recente.
mail-too-often = { $count ->
        [one] Um e-mail saiu há pouco. Procure por ele ou peça de novo daqui a { $count } segundo.
       *[other] Um e-mail saiu há pouco. Procure por ele ou peça de novo daqui a { $count } segundos.
    }
mail-too-often-over = { $count ->
        [one] Um e-mail saiu há pouco. Peça um novo código daqui a { $count } segundo.
       *[other] Um e-mail saiu há pouco. Peça um novo código daqui a { $count } segundos.
    }

## Abaixo do formulário

no-mail = O e-mail não chegou?
no-mail-spam = Procure na pasta de spam um e-mail de { $sender }.
no-mail-newest = Se chegaram vários e-mails, vale o código do mais recente.
no-mail-address = O endereço pertence à sua conta em { $host }. Se você não o lê mais, peça ao seu contato em { $organization } que o troque.
not-you = Não é você?
sign-out = Sair de { $host }
what-it-is = O código mostra que você ainda pode ler esta caixa, e nada mais.
no-password = Esta página nunca pede uma senha.

## Authenticator apps and passkeys

heading-confirm = Confirme sua identidade
app-label = Código do seu aplicativo autenticador
app-hint = Seis dígitos, que mudam a cada 30 segundos.
app-wrong = Esse código não está certo ou já foi usado. Digite o código que o aplicativo mostra agora.
mail-instead = Enviar um código por e-mail
other-way = Confirmar de outra forma
methods-link = Configurar um aplicativo autenticador ou uma chave de acesso em vez de esperar e-mails
methods-heading = Como você confirma sua identidade
methods-lead = Em vez de esperar um e-mail, você pode usar o que configurar aqui.
methods-mail = Código por e-mail para { $mailbox }
methods-first = Para mudar como você confirma sua identidade, confirme-a primeiro mais uma vez.
methods-what = Um código por e-mail mostra apenas que você ainda lê a caixa de entrada. Um aplicativo autenticador ou uma chave de acesso é mais forte.
methods-done = Está configurado, e você já pode usar.
methods-removed = Foi removido.
methods-over = Demorou demais ou foi iniciado em outro lugar. Comece de novo.
methods-full = Nada mais pode ser configurado agora.
method-app = Aplicativo autenticador
method-passkey = Chave de acesso
method-added = configurado em { $date }
method-remove = Remover { $name }
method-name = Nome, para você reconhecer depois
app-begin = Configurar um aplicativo autenticador
app-scan = Leia esta imagem com o aplicativo ou digite nele a chave abaixo. Depois digite o código que o aplicativo mostra.
app-picture = Código QR com a chave
app-open = Abrir o aplicativo neste dispositivo
passkey-use = Usar uma chave de acesso
passkey-begin = Configurar uma chave de acesso
passkey-wrong = A chave de acesso não funcionou aqui. Tente de novo ou confirme de outra forma.
passkey-script = Uma chave de acesso precisa de JavaScript neste navegador.

## Depois de sair

signed-out-heading = Você saiu
signed-out-lead = A sua verificação neste navegador terminou.
signed-out-next = Quando você entrar de novo, um novo código será enviado para a sua caixa.
sign-in-again = Entrar de novo
signed-out-shared = Em um computador compartilhado, feche também a janela do navegador.

## Um formulário que foi guardado

held-note = O que você enviou está guardado. Você poderá enviá-lo depois do código.
held-heading = O que você enviou foi guardado
held-lead = Você verificou, por isso agora pode seguir para { $target }. Fica guardado por alguns minutos.
held-send = Enviar agora
held-drop = Descartar
held-gone-heading = Nada está guardado aqui
held-gone = Já foi enviado ou descartado, o tempo acabou, ou você entrou de novo.
unsent-heading = O que você enviou não foi encaminhado
unsent-lead = Primeiro você precisa verificar, e isto não pode ser guardado enquanto isso. Verifique em uma nova aba, depois volte aqui uma página e envie de novo.
unsent-verify = Verificar em uma nova aba
in-place-heading = Verifique a sua caixa de correio
in-place-lead = Até lá, esta página não pode salvar. Verifique em uma nova aba e volte aqui: nada do que você digitou se perde.
in-place-later = Agora não

## Os navegadores de uma pessoa, e a mensagem sobre um novo

browsers-heading = Os seus navegadores verificados
browsers-lead = Nestes navegadores você verificou a sua caixa para { $organization }. Se não reconhecer um deles, encerre-o, troque a sua senha e avise a administração.
browsers-none = Você não verificou em nenhum navegador, ou nenhum conta mais.
browser-name = { $program } no { $system }
browser-unknown = Um navegador desconhecido
browser-here = este aqui
browser-when = Verificado primeiro em { $first } e por último em { $last } em { $host }, a partir da rede { $network }.
browser-end = Encerrar
browsers-end-others = Encerrar todos os outros
new-browser-subject = Um novo navegador foi verificado em { $organization }
new-browser-what = Em { $time } alguém verificou em seu nome em { $host }. O navegador: { $browser }. A rede: { $network }.
new-browser-next = Se foi você, não há nada a fazer. Se não foi, abra os seus navegadores verificados, encerre esse e troque a sua senha:

## Uma recusa

title-no-access = Sem acesso
title-not-found = Não encontrado
title-try-again = Tente de novo, por favor
title-loop = A pergunta voltaria sem parar
title-not-served = Esta solicitação não pode ser atendida
try-again = Tentar de novo
ask-contact = Você pode perguntar aqui: { $contact }.
help-number = Se pedir ajuda, informe este número:
status = Código de status { $status }

reason-address-unknown = Não se conhece nenhuma caixa da sua conta, por isso não é possível enviar um código. Fale com a administração da sua organização.
reason-token-blocked = Os tokens de API são bloqueados aqui pela organização. Fale com a administração da sua organização.
reason-not-invited = Este site é só para pessoas de fora que foram convidadas. Fale com quem trabalha com você aqui ou com a administração da sua organização.
reason-policy-unreadable = No momento não é possível ler o que a organização pede. Tente de novo daqui a pouco.
reason-account-suspended = A organização suspendeu o seu acesso. Fale com a administração da sua organização, que pode restaurá-lo.
reason-account-deactivated = A sua conta foi desativada. Fale com a administração da sua organização, que pode reativá-la.
reason-account-closed = A sua conta foi excluída. Pergunte à administração da sua organização se você deve ter outra.
reason-access-ended = O seu acesso terminou no dia combinado. Fale com o seu contato na organização, que pode prorrogá-lo.
reason-second-step = Sua organização pede que você confirme sua identidade a cada entrada.
reason-second-step-setup = Para sua organização, um código por e-mail não basta: configure outra forma de confirmar sua identidade.
reason-second-step-impossible = A sua organização pede uma segunda etapa que ninguém pode configurar aqui. Fale com a administração da sua organização.
reason-single-sign-on = A sua organização quer que você entre pelo login único dela. Entre de novo.
reason-session-reset = A sua organização encerrou todas as sessões anteriores. Entre de novo.
reason-session-expired = Você entrou há mais tempo do que a sua organização permite. Entre de novo.
reason-session-idle = Você ficou ausente por mais tempo do que a sua organização permite. Entre de novo.
reason-identity-unavailable = O site não consegue dizer agora quem entrou. Tente de novo daqui a pouco.
reason-identity-mismatch = A sessão mudou enquanto a página carregava. Carregue-a de novo.
reason-store-unavailable = A verificação não é possível agora. Tente de novo daqui a pouco.
reason-upstream-unreachable = Não é possível chegar ao site por trás deste gateway.
reason-upstream-timeout = O site por trás deste gateway não respondeu a tempo.
reason-malformed-request = A solicitação está malformada.
reason-ambiguous-host = A solicitação deve indicar exatamente um host.
reason-host-mismatch = A conexão foi aberta para outro host. Abra uma nova para este.
reason-unknown-host = Nenhum site com esse nome é servido aqui.
reason-malformed-path = O caminho da solicitação está malformado.
reason-session-id-in-path = Um identificador de sessão não deve fazer parte do caminho.
reason-unknown-page = Essa página não existe aqui.
reason-hardened-path = Esse endereço poderia abrir um arquivo interno do produto, por isso não é servido.
reason-duplicate-cookie = A solicitação traz duas vezes um cookie ou token de sessão.
reason-duplicate-authorization = A solicitação traz mais de um cabeçalho Authorization.
reason-query-credentials = Credenciais não devem fazer parte do endereço.
reason-method-not-allowed = Esse método não é permitido aqui.
reason-upgrade-refused = Essa troca de protocolo não é permitida.
reason-head-too-large = Os cabeçalhos da solicitação são grandes demais.
reason-target-too-long = O endereço é longo demais.
reason-body-too-large = O conteúdo da solicitação é grande demais.
reason-body-stalled = O conteúdo da solicitação parou de chegar. Envie-a de novo.
reason-too-many-connections = Há conexões demais abertas a partir do seu endereço. Feche algumas e tente de novo.
reason-cross-site = O formulário não veio deste site. Abra a página de novo.
reason-cookies-not-kept = Este navegador não guarda o cookie que registra a sua verificação, por isso ela seria pedida sem parar. Permita os cookies deste site e tente de novo.
reason-sign-in-out-of-reach = A página vê a sua entrada e a verificação não, por isso você iria de uma para a outra sem parar. Saia e entre de novo; se isso não ajudar, avise a administração da sua organização.
reason-proof-not-counted = Você verificou, e não conta: a organização pergunta a cada vez, ou os relógios dos servidores dela divergem. Avise a administração da sua organização.
reason-internal = Algo deu errado aqui. Tente de novo.

## O e-mail com o código

mail-subject = Confirme sua caixa para { $organization } ({ $tag })
mail-greeting = Olá,
mail-ask = Alguém está entrando em { $host } em seu nome, e { $organization } pede que você confirme a sua caixa de e-mail. Se for você, digite este código na página que o pede:
mail-tag = A página chama este e-mail de { $tag }.
mail-life = { $count ->
        [one] O código vale uma única vez, dentro de { $count } minuto.
       *[other] O código vale uma única vez, dentro de { $count } minutos.
    }
mail-secret = Ninguém vai pedir este código a você, nem por telefone, nem por chat, nem por e-mail. Não o dê a ninguém.
mail-not-you = Se você não acabou de entrar em { $host }, ignore esta mensagem e avise a administração de { $organization }: talvez outra pessoa saiba a sua senha. Sem o código ela não vai adiante.
