## 코드를 묻는 페이지

heading-check = 메일함을 확인해 주세요
heading-failed = 메일이 도착하지 않았습니다
heading-over = 새 코드가 필요합니다
heading-used = 이미 사용된 코드입니다
title-error = 오류: { $heading }
lead-queued = 숫자 { $digits }자리 코드를 다음 주소로 보내고 있습니다: { $mailbox }
lead-sent = 숫자 { $digits }자리 코드를 다음 주소로 보냈습니다: { $mailbox }
lead-failed = 다음 주소로 메일을 전달하지 못했습니다: { $mailbox }
lead-over = 새 코드는 다음 주소로 보내집니다: { $mailbox }
look-for = 표시 { $tag } 가 있는 메일을 찾아 주세요.
why-days = 외부 사용자에게는 { $organization } 에서 { $count }일마다 확인을 요청합니다.
why-hours = 외부 사용자에게는 { $organization } 에서 { $count }시간마다 확인을 요청합니다.
why-minutes = 외부 사용자에게는 { $organization } 에서 { $count }분마다 확인을 요청합니다.
why-always = 외부 사용자에게는 { $organization } 에서 매번 확인을 요청합니다.
code-label = 숫자 { $digits }자리 코드
code-life = 앞으로 { $count }분 동안 유효합니다.
code-tries = { $count }번 시도할 수 있습니다.
continue = 계속
send-again = 다시 보내기
send-new = 새 코드 보내기
go-on = 이동: { $host }

## 메일의 상태

delivery-queued = 메일이 메일 서버를 기다리고 있습니다.
delivery-waiting = 메일 서버가 아직 메일을 받지 않았습니다. 지금까지 { $count }번 시도했으며 계속 시도합니다.
delivery-sent = { $count ->
        [0] 방금 메일 서버에 전달되었습니다 (UTC { $time }).
       *[other] 메일 서버에 { $count }분 전에 전달되었습니다 (UTC { $time }).
    }
delivery-again = 지금 상태 보기
refused-mailbox = 메일 서버에 따르면 그런 메일함이 없습니다. 다음 조직의 담당자에게 주소를 고쳐 달라고 요청해 주세요: { $organization }
refused-full = 메일함이 가득 찼습니다. 공간을 비운 뒤 메일을 다시 보내 주세요.
refused-blocked = 메일 서버가 저희 메일을 거부합니다. 메일함 관리자에게 다음 주소의 메일을 허용해 달라고 요청한 뒤 다시 보내 주세요: { $sender }
refused-other = 메일 서버가 메일을 받지 않습니다. 다시 보내거나 다음 조직의 담당자에게 문의해 주세요: { $organization }
refused-late = 메일 서버가 제때 메일을 받지 않았습니다. 다시 보내거나 다음 조직의 담당자에게 문의해 주세요: { $organization }

## 마지막 동작의 결과

wrong-code = 코드가 맞지 않습니다. 가장 최근 메일과 비교해 주세요. { $count }번 더 시도할 수 있습니다.
wrong-code-last = 코드가 맞지 않으며, 보내 드린 코드는 더 이상 유효하지 않습니다. 새 코드를 보내 주세요.
not-a-code = 코드가 아닙니다. 가장 최근 메일에 있는 숫자 { $digits }자리를 입력해 주세요.
code-expired = 너무 오래된 코드입니다. 새 코드를 보내 주세요.
code-used = 코드는 한 번만 쓸 수 있으며, 이 코드는 이미 사용되었습니다. 사이트로 이동해 주세요. 그래도 코드를 요청하면 새 코드를 보내 주세요.
too-many-tries = 이 코드는 너무 여러 번 시도되어 더 이상 유효하지 않습니다. 새 코드를 보내 주세요.
too-often = 계정에 잘못된 코드가 너무 많이 입력되었습니다. { $count }분 후에 다시 와 주세요.
network-too-often = 사용 중인 네트워크에서 시도가 너무 많았습니다. { $count }분 후에 다시 와 주세요.
mail-sent = 메일을 한 통 더 보내고 있습니다. 가장 최근 메일의 코드가 유효합니다.
mail-too-often = 조금 전에 메일을 보냈습니다. 그 메일을 찾아보거나 { $count }초 후에 다시 요청해 주세요.
mail-too-often-over = 조금 전에 메일을 보냈습니다. { $count }초 후에 새 코드를 요청해 주세요.

## 양식 아래

no-mail = 메일이 오지 않았나요?
no-mail-spam = 스팸 메일함에서 다음 주소가 보낸 메일을 찾아 주세요: { $sender }
no-mail-newest = 메일이 여러 통 왔다면 가장 최근 메일의 코드가 유효합니다.
no-mail-address = 이 주소는 { $host } 계정의 주소입니다. 더 이상 사용하지 않는다면 다음 조직의 담당자에게 변경을 요청해 주세요: { $organization }
not-you = 본인이 아닌가요?
sign-out = 로그아웃: { $host }
what-it-is = 코드는 이 메일함을 여전히 읽을 수 있다는 것만 보여 줍니다.
no-password = 이 페이지는 절대로 비밀번호를 묻지 않습니다.

## Authenticator apps and passkeys

heading-confirm = 본인인지 확인해 주세요
app-label = 인증 앱의 코드
app-hint = 30초마다 바뀌는 숫자 여섯 자리입니다.
app-wrong = 코드가 올바르지 않거나 이미 사용되었습니다. 지금 앱에 표시된 코드를 입력해 주세요.
mail-instead = 대신 메일로 코드 받기
other-way = 다른 방법으로 확인하기
methods-link = 메일을 기다리는 대신 인증 앱이나 패스키 설정하기
methods-heading = 본인 확인 방법
methods-lead = 메일을 기다리는 대신 여기에서 설정한 것을 사용할 수 있습니다.
methods-mail = 메일 코드: { $mailbox }
methods-first = 본인 확인 방법을 바꾸려면 먼저 한 번 더 본인 확인을 해 주세요.
methods-what = 메일 코드는 메일함을 아직 읽을 수 있다는 것만 보여 줍니다. 인증 앱이나 패스키가 더 안전합니다.
methods-done = 설정되었으며 지금부터 사용할 수 있습니다.
methods-removed = 삭제되었습니다.
methods-over = 시간이 너무 오래 걸렸거나 다른 곳에서 시작되었습니다. 다시 시작해 주세요.
methods-full = 지금은 더 설정할 수 없습니다.
method-app = 인증 앱
method-passkey = 패스키
method-added = 설정한 날 { $date }
method-remove = 삭제: { $name }
method-name = 알아볼 수 있는 이름
app-begin = 인증 앱 설정하기
app-scan = 이 그림을 앱으로 스캔하거나 아래의 키를 앱에 입력해 주세요. 그런 다음 앱에 표시되는 코드를 입력해 주세요.
app-picture = 키가 담긴 QR 코드
app-open = 이 기기에서 앱 열기
passkey-use = 패스키 사용하기
passkey-begin = 패스키 설정하기
passkey-wrong = 여기에서 패스키를 사용하지 못했습니다. 다시 시도하거나 다른 방법으로 확인해 주세요.
passkey-script = 패스키를 쓰려면 이 브라우저에서 JavaScript가 필요합니다.

## 로그아웃 후

signed-out-heading = 로그아웃되었습니다
signed-out-lead = 이 브라우저에서의 확인이 끝났습니다.
signed-out-next = 다시 로그인하면 메일함으로 새 코드가 보내집니다.
sign-in-again = 다시 로그인
signed-out-shared = 공용 컴퓨터에서는 브라우저 창도 닫아 주세요.

## 보관된 양식

held-note = 보낸 내용은 보관되어 있습니다. 코드를 입력한 뒤 보낼 수 있습니다.
held-heading = 보낸 내용이 보관되어 있습니다
held-lead = 확인이 끝났으므로 이제 다음 주소로 보낼 수 있습니다: { $target } 내용은 몇 분 동안 보관됩니다.
held-send = 지금 보내기
held-drop = 버리기
held-gone-heading = 보관된 내용이 없습니다
held-gone = 이미 보냈거나 버렸거나, 시간이 지났거나, 다시 로그인했기 때문입니다.
unsent-heading = 보낸 내용이 전달되지 않았습니다
unsent-lead = 먼저 확인이 필요하며, 그동안 이 내용은 보관할 수 없습니다. 새 탭에서 확인한 뒤 여기서 이전 페이지로 돌아가 다시 보내 주세요.
unsent-verify = 새 탭에서 확인하기
in-place-heading = 메일함을 확인해 주세요
in-place-lead = 그때까지 이 페이지는 저장할 수 없습니다. 새 탭에서 확인한 뒤 여기로 돌아와 주세요. 입력한 내용은 사라지지 않습니다.
in-place-later = 나중에

## 사용자의 브라우저와 새 브라우저 메일

browsers-heading = 확인된 브라우저
browsers-lead = 다음 브라우저에서 메일함을 확인했습니다. 조직: { $organization }. 모르는 브라우저가 있으면 종료하고 비밀번호를 바꾼 뒤 관리자에게 알려 주세요.
browsers-none = 확인한 브라우저가 없거나 모두 더 이상 유효하지 않습니다.
browser-name = { $system } 의 { $program }
browser-unknown = 알 수 없는 브라우저
browser-here = 이 브라우저
browser-when = 첫 확인 { $first }, 마지막 확인 { $last }, 사이트 { $host }, 네트워크 { $network }.
browser-end = 종료
browsers-end-others = 다른 브라우저 모두 종료
new-browser-subject = 새 브라우저가 확인되었습니다: { $organization }
new-browser-what = 시각 { $time }에 누군가 회원님으로 확인했습니다. 사이트: { $host }. 브라우저: { $browser }. 네트워크: { $network }.
new-browser-next = 본인이라면 하실 일이 없습니다. 아니라면 확인된 브라우저 목록을 열어 그 브라우저를 종료하고 비밀번호를 바꿔 주세요:

## 거부 페이지

title-no-access = 접근할 수 없습니다
title-not-found = 찾을 수 없습니다
title-try-again = 다시 시도해 주세요
title-loop = 같은 확인이 계속 되풀이됩니다
title-not-served = 이 요청은 처리할 수 없습니다
try-again = 다시 시도
ask-contact = 문의할 곳: { $contact }.
help-number = 도움을 요청할 때 이 번호를 알려 주세요:
status = 상태 코드 { $status }

reason-address-unknown = 계정의 메일함을 알 수 없어 코드를 보낼 수 없습니다. 조직의 관리자에게 문의해 주세요.
reason-token-blocked = 이곳에서는 조직이 API 토큰을 차단했습니다. 조직의 관리자에게 문의해 주세요.
reason-not-invited = 이 사이트는 초대받은 외부 사용자만 이용할 수 있습니다. 함께 일하는 분이나 조직의 관리자에게 문의해 주세요.
reason-policy-unreadable = 조직이 요구하는 내용을 지금 읽을 수 없습니다. 잠시 후 다시 시도해 주세요.
reason-account-suspended = 조직이 접근을 정지했습니다. 복구할 수 있는 조직의 관리자에게 문의해 주세요.
reason-account-deactivated = 계정이 비활성화되었습니다. 다시 활성화할 수 있는 조직의 관리자에게 문의해 주세요.
reason-account-closed = 계정이 삭제되었습니다. 다른 계정이 필요한지 조직의 관리자에게 문의해 주세요.
reason-access-ended = 정해진 날에 접근이 끝났습니다. 연장할 수 있는 조직의 담당자에게 문의해 주세요.
reason-second-step = 조직에서 로그인할 때마다 본인 확인을 요청합니다.
reason-second-step-setup = 조직에서는 메일 코드만으로는 충분하지 않습니다. 다른 본인 확인 방법을 설정해 주세요.
reason-second-step-impossible = 조직에서 여기서는 아무도 설정할 수 없는 두 번째 단계를 요구합니다. 조직의 관리자에게 문의해 주세요.
reason-single-sign-on = 조직에서 통합 로그인을 사용하도록 요구합니다. 다시 로그인해 주세요.
reason-session-reset = 조직에서 이전의 모든 로그인을 종료했습니다. 다시 로그인해 주세요.
reason-session-expired = 로그인한 지 조직이 허용하는 시간이 지났습니다. 다시 로그인해 주세요.
reason-session-idle = 조직이 허용하는 시간보다 오래 자리를 비웠습니다. 다시 로그인해 주세요.
reason-identity-unavailable = 지금은 사이트가 누가 로그인했는지 알려 주지 못합니다. 잠시 후 다시 시도해 주세요.
reason-identity-mismatch = 페이지를 불러오는 동안 로그인이 바뀌었습니다. 다시 불러와 주세요.
reason-store-unavailable = 지금은 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.
reason-upstream-unreachable = 이 게이트웨이 뒤의 사이트에 연결할 수 없습니다.
reason-upstream-timeout = 이 게이트웨이 뒤의 사이트가 제때 응답하지 않았습니다.
reason-malformed-request = 요청의 형식이 잘못되었습니다.
reason-ambiguous-host = 요청은 정확히 하나의 호스트를 지정해야 합니다.
reason-host-mismatch = 이 연결은 다른 호스트를 위해 열렸습니다. 이 호스트용으로 새 연결을 열어 주세요.
reason-unknown-host = 이 이름의 사이트는 여기에 없습니다.
reason-malformed-path = 요청 경로의 형식이 잘못되었습니다.
reason-session-id-in-path = 세션 ID는 경로에 포함될 수 없습니다.
reason-unknown-page = 그런 페이지는 여기에 없습니다.
reason-hardened-path = 이 주소는 제품의 내부 파일을 열 수 있으므로 제공되지 않습니다.
reason-duplicate-cookie = 요청에 세션 쿠키나 토큰이 두 번 들어 있습니다.
reason-duplicate-authorization = 요청에 Authorization 헤더가 둘 이상 들어 있습니다.
reason-query-credentials = 인증 정보는 주소에 포함될 수 없습니다.
reason-method-not-allowed = 이 메서드는 여기에서 허용되지 않습니다.
reason-upgrade-refused = 이 프로토콜 전환은 허용되지 않습니다.
reason-head-too-large = 요청 헤더가 너무 큽니다.
reason-target-too-long = 주소가 너무 깁니다.
reason-body-too-large = 요청 본문이 너무 큽니다.
reason-body-stalled = 요청 본문이 끝까지 도착하지 않았습니다. 다시 보내 주세요.
reason-too-many-connections = 사용 중인 주소에서 열린 연결이 너무 많습니다. 일부를 닫고 다시 시도해 주세요.
reason-cross-site = 양식이 이 사이트에서 온 것이 아닙니다. 페이지를 다시 열어 주세요.
reason-cookies-not-kept = 이 브라우저는 확인했음을 나타내는 쿠키를 저장하지 않아 확인이 계속 되풀이됩니다. 이 사이트의 쿠키를 허용한 뒤 다시 시도해 주세요.
reason-sign-in-out-of-reach = 페이지에서는 로그인이 보이지만 확인 페이지에서는 보이지 않아 계속 오가게 됩니다. 로그아웃한 뒤 다시 로그인해 주세요. 그래도 해결되지 않으면 조직의 관리자에게 알려 주세요.
reason-proof-not-counted = 확인했지만 인정되지 않습니다. 조직에서 매번 다시 확인을 요구하거나 서버의 시계가 서로 다릅니다. 조직의 관리자에게 알려 주세요.
reason-internal = 문제가 발생했습니다. 다시 시도해 주세요.

## 코드가 담긴 메일

mail-subject = 메일함을 확인해 주세요: { $organization } ({ $tag })
mail-greeting = 안녕하세요.
mail-ask = 누군가 본인의 이름으로 { $host } 에 로그인하고 있어 { $organization } 에서 메일함 확인을 요청합니다. 본인이 맞다면 코드를 묻는 페이지에 다음 코드를 입력해 주세요:
mail-tag = 페이지에서는 이 메일을 { $tag } (이)라고 부릅니다.
mail-life = 코드는 한 번만, { $count }분 안에 쓸 수 있습니다.
mail-secret = 누구도 전화, 채팅, 메일로 이 코드를 묻지 않습니다. 아무에게도 알려 주지 마세요.
mail-not-you = 방금 { $host } 에 로그인하지 않았다면 이 메일을 무시하고 { $organization } 의 관리자에게 알려 주세요. 다른 사람이 비밀번호를 알고 있을 수 있습니다. 코드가 없으면 더 나아가지 못합니다.
