## 要求输入验证码的页面

heading-check = 请查看您的邮箱
heading-failed = 邮件未能送达
heading-over = 您需要新的验证码
heading-used = 该验证码已被使用
title-error = 错误：{ $heading }
lead-queued = 一个{ $digits }位验证码正在发往 { $mailbox }。
lead-sent = 我们已将{ $digits }位验证码发送至 { $mailbox }。
lead-failed = 邮件无法送达 { $mailbox }。
lead-over = 新的验证码将发送至 { $mailbox }。
look-for = 请查找标有 { $tag } 的邮件。
why-days = 对于外部人员，{ $organization } 每 { $count } 天要求确认一次。
why-hours = 对于外部人员，{ $organization } 每 { $count } 小时要求确认一次。
why-minutes = 对于外部人员，{ $organization } 每 { $count } 分钟要求确认一次。
why-always = 对于外部人员，{ $organization } 每次都要求确认。
code-label = { $digits }位验证码
code-life = 验证码在 { $count } 分钟内有效。
code-tries = 您可以尝试 { $count } 次。
continue = 继续
send-again = 再次发送
send-new = 发送新的验证码
go-on = 前往 { $host }

## 邮件的状态

delivery-queued = 邮件正在等待邮件服务器。
delivery-waiting = 邮件服务器尚未接收邮件。我们已尝试 { $count } 次，并会继续尝试。
delivery-sent = { $count ->
        [0] 刚刚已交给邮件服务器（UTC { $time }）。
       *[other] 已于 { $count } 分钟前交给邮件服务器（UTC { $time }）。
    }
delivery-again = 查看当前状态
refused-mailbox = 邮件服务器表示该邮箱不存在。请联系您在 { $organization } 的联系人更正您的地址。
refused-full = 邮箱已满。请清理出空间，然后再次发送邮件。
refused-blocked = 邮件服务器拒收我们的邮件。请让您邮箱的管理人员允许来自 { $sender } 的邮件，然后再次发送。
refused-other = 邮件服务器不接收该邮件。请再次发送，或询问您在 { $organization } 的联系人。
refused-late = 邮件服务器未能及时接收邮件。请再次发送，或询问您在 { $organization } 的联系人。

## 上一次操作的结果

wrong-code = 验证码不正确。请与最新的邮件核对：您还可以尝试 { $count } 次。
wrong-code-last = 验证码不正确，我们发送的验证码也已失效。请发送新的验证码。
not-a-code = 这不是验证码。请输入最新邮件中的{ $digits }位数字。
code-expired = 该验证码已过期。请发送新的验证码。
code-used = 验证码只能使用一次，该验证码已被使用。请前往网站；如果仍要求验证码，请发送新的验证码。
too-many-tries = 该验证码尝试次数过多，已失效。请发送新的验证码。
too-often = 您的账户输入错误验证码的次数过多。请在 { $count } 分钟后再来。
network-too-often = 您所在网络的尝试次数过多。请在 { $count } 分钟后再来。
mail-sent = 另一封邮件正在发送。请以最新邮件中的验证码为准。
mail-too-often = 刚刚发出了一封邮件。请查找该邮件，或在 { $count } 秒后再次请求。
mail-too-often-over = 刚刚发出了一封邮件。请在 { $count } 秒后请求新的验证码。

## 表单下方

no-mail = 没有收到邮件？
no-mail-spam = 请在垃圾邮件文件夹中查找来自 { $sender } 的邮件。
no-mail-newest = 如果收到多封邮件，请以最新邮件中的验证码为准。
no-mail-address = 该地址属于您在 { $host } 的账户。如果您不再使用它，请联系您在 { $organization } 的联系人进行更改。
not-you = 不是您本人？
sign-out = 退出 { $host }
what-it-is = 验证码仅表明您仍能阅读此邮箱，别无其他。
no-password = 本页面绝不会索要密码。

## Authenticator apps and passkeys

heading-confirm = 请确认是您本人
app-label = 身份验证器应用中的验证码
app-hint = 六位数字，每 30 秒更换一次。
app-wrong = 该验证码不正确，或已经用过。请输入应用现在显示的验证码。
mail-instead = 改为通过邮件给我发送验证码
other-way = 用其他方式确认
methods-link = 设置身份验证器应用或通行密钥，不必再等邮件
methods-heading = 您如何确认是本人
methods-lead = 不必等待邮件，您可以使用在这里设置的方式。
methods-mail = 发送到 { $mailbox } 的邮件验证码
methods-first = 要更改确认方式，请先再次确认是您本人。
methods-what = 邮件验证码只能说明您仍能读取该邮箱。身份验证器应用或通行密钥更安全。
methods-done = 已设置好，现在就可以使用。
methods-removed = 已移除。
methods-over = 耗时过长，或是在别处开始的。请重新开始。
methods-full = 现在不能再设置更多。
method-app = 身份验证器应用
method-passkey = 通行密钥
method-added = 设置于 { $date }
method-remove = 移除 { $name }
method-name = 便于您辨认的名称
app-begin = 设置身份验证器应用
app-scan = 请用应用扫描此图片，或把下面的密钥输入应用。然后输入应用显示的验证码。
app-picture = 含有密钥的二维码
app-open = 在此设备上打开应用
passkey-use = 使用通行密钥
passkey-begin = 设置通行密钥
passkey-wrong = 通行密钥在这里没有成功。请重试，或用其他方式确认。
passkey-script = 通行密钥需要此浏览器启用 JavaScript。

## 退出之后

signed-out-heading = 您已退出
signed-out-lead = 您在此浏览器中的验证已结束。
signed-out-next = 当您再次登录时，新的验证码将发送到您的邮箱。
sign-in-again = 再次登录
signed-out-shared = 在共用电脑上，请同时关闭浏览器窗口。

## 保留的表单

held-note = 您提交的内容已保留。输入验证码后即可发送。
held-heading = 您提交的内容已保留
held-lead = 您已验证，现在可以发送至 { $target }。内容会保留几分钟。
held-send = 立即发送
held-drop = 放弃
held-gone-heading = 此处没有保留的内容
held-gone = 内容已发送或已放弃、已过期，或者您重新登录过。
unsent-heading = 您提交的内容未被发送
unsent-lead = 您需要先验证，而此内容在此期间无法保留。请在新标签页中验证，然后在此返回上一页重新提交。
unsent-verify = 在新标签页中验证
in-place-heading = 请验证您的邮箱
in-place-lead = 在此之前，本页无法保存。请在新标签页中验证，然后返回这里：您输入的内容不会丢失。
in-place-later = 暂不

## 用户的浏览器以及新浏览器邮件

browsers-heading = 您已验证的浏览器
browsers-lead = 您曾在这些浏览器中为 { $organization } 验证邮箱。如果有不认识的，请将其结束、更改密码并告知管理员。
browsers-none = 您没有在任何浏览器中验证，或者均已失效。
browser-name = { $system } 上的 { $program }
browser-unknown = 未知浏览器
browser-here = 此浏览器
browser-when = 首次验证 { $first }，最近验证 { $last }，网站 { $host }，网络 { $network }。
browser-end = 结束
browsers-end-others = 结束所有其他浏览器
new-browser-subject = 有新浏览器在 { $organization } 完成验证
new-browser-what = 时间 { $time }，有人以您的身份在 { $host } 完成验证。浏览器：{ $browser }。网络：{ $network }。
new-browser-next = 如果是您本人，则无需操作。如果不是，请打开您已验证的浏览器列表，结束该浏览器并更改密码：

## 拒绝页面

title-no-access = 无权访问
title-not-found = 未找到
title-try-again = 请重试
title-loop = 您会被反复要求验证
title-not-served = 无法处理此请求
try-again = 再试一次
ask-contact = 您可以咨询：{ $contact }。
help-number = 如需帮助，请提供此编号：
status = 状态码 { $status }

reason-address-unknown = 您的账户没有已知的邮箱，因此无法发送验证码。请咨询您所在组织的管理员。
reason-token-blocked = 该组织在此禁止使用 API 令牌。请咨询您所在组织的管理员。
reason-not-invited = 本网站仅供受邀的外部人员使用。请咨询与您在此合作的人，或您所在组织的管理员。
reason-policy-unreadable = 目前无法读取该组织的要求。请稍后重试。
reason-account-suspended = 该组织已暂停您的访问权限。请咨询可以恢复权限的组织管理员。
reason-account-deactivated = 您的账户已被停用。请咨询可以重新启用账户的组织管理员。
reason-account-closed = 您的账户已被删除。请咨询组织管理员您是否应有另一个账户。
reason-access-ended = 您的访问权限已在约定之日结束。请咨询可以延长权限的组织联系人。
reason-second-step = 您的组织要求您在每次登录时确认是您本人。
reason-second-step-setup = 您的组织认为仅有邮件验证码还不够：请设置另一种方式来确认是您本人。
reason-second-step-impossible = 您的组织要求第二步验证，但此处无人能够设置。请咨询您所在组织的管理员。
reason-single-sign-on = 您的组织要求使用其单点登录。请重新登录。
reason-session-reset = 您的组织已结束此前的所有登录。请重新登录。
reason-session-expired = 您的登录时间已超过组织允许的期限。请重新登录。
reason-session-idle = 您离开的时间超过了组织允许的期限。请重新登录。
reason-identity-unavailable = 网站目前无法确定登录者的身份。请稍后重试。
reason-identity-mismatch = 页面加载时登录状态发生了变化。请重新加载。
reason-store-unavailable = 目前无法进行验证。请稍后重试。
reason-upstream-unreachable = 无法连接到此网关后面的网站。
reason-upstream-timeout = 此网关后面的网站未及时响应。
reason-malformed-request = 请求格式有误。
reason-ambiguous-host = 请求必须指明唯一的主机。
reason-host-mismatch = 该连接是为另一主机建立的。请为此主机建立新的连接。
reason-unknown-host = 这里没有此名称的网站。
reason-malformed-path = 请求的路径格式有误。
reason-session-id-in-path = 会话标识不得出现在路径中。
reason-unknown-page = 这里没有该页面。
reason-hardened-path = 此地址可能会打开产品的内部文件，因此不予提供。
reason-duplicate-cookie = 请求中包含两个会话 Cookie 或令牌。
reason-duplicate-authorization = 请求中包含多个 Authorization 标头。
reason-query-credentials = 凭据不得出现在地址中。
reason-method-not-allowed = 此处不允许使用该方法。
reason-upgrade-refused = 不允许此协议升级。
reason-head-too-large = 请求标头过大。
reason-target-too-long = 地址过长。
reason-body-too-large = 请求内容过大。
reason-body-stalled = 请求内容未能完整到达。请重新发送。
reason-too-many-connections = 来自您地址的连接过多。请关闭一些后重试。
reason-cross-site = 该表单并非来自本网站。请重新打开页面。
reason-cookies-not-kept = 此浏览器没有保存表明您已验证的 Cookie，因此会反复要求您验证。请允许本网站使用 Cookie，然后重试。
reason-sign-in-out-of-reach = 页面能看到您的登录状态，而验证页面看不到，因此您会被来回跳转。请退出后重新登录；如果仍无效，请告知您组织的管理员。
reason-proof-not-counted = 您已验证，但验证不被承认：组织要求每次都重新验证，或其服务器时钟不一致。请告知您组织的管理员。
reason-internal = 此处出现了问题。请重试。

## 含验证码的邮件

mail-subject = 请确认您的邮箱：{ $organization }（{ $tag }）
mail-greeting = 您好：
mail-ask = 有人正以您的身份登录 { $host }，{ $organization } 请您确认您的邮箱。如果是您本人，请在要求输入验证码的页面上输入：
mail-tag = 页面上将本邮件称为 { $tag }。
mail-life = 验证码只能使用一次，{ $count } 分钟内有效。
mail-secret = 任何人都不会通过电话、聊天或邮件向您索要此验证码。请勿将其告知任何人。
mail-not-you = 如果您刚才没有登录 { $host }，请忽略此邮件，并告知 { $organization } 的管理员：可能有其他人知道您的密码。没有验证码，对方无法继续。
