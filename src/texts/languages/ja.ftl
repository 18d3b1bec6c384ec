## コードを求めるページ

heading-check = メールをご確認ください
heading-failed = メールが届きませんでした
heading-over = 新しいコードが必要です
heading-used = そのコードは使用済みです
title-error = エラー: { $heading }
lead-queued = 数字{ $digits }桁のコードを { $mailbox } に送信しています。
lead-sent = 数字{ $digits }桁のコードを { $mailbox } に送信しました。
lead-failed = メールを { $mailbox } に配信できませんでした。
lead-over = 新しいコードは { $mailbox } に送られます。
look-for = 目印 { $tag } の付いたメールを探してください。
why-days = 外部の方には、{ $organization } が{ $count }日ごとに確認をお願いしています。
why-hours = 外部の方には、{ $organization } が{ $count }時間ごとに確認をお願いしています。
why-minutes = 外部の方には、{ $organization } が{ $count }分ごとに確認をお願いしています。
why-always = 外部の方には、{ $organization } が毎回確認をお願いしています。
code-label = 数字{ $digits }桁のコード
code-life = あと{ $count }分間有効です。
code-tries = あと{ $count }回入力できます。
continue = 続ける
send-again = もう一度送信する
send-new = 新しいコードを送信する
go-on = 進む: { $host }

## メールの状況

delivery-queued = メールはメールサーバーへの引き渡しを待っています。
delivery-waiting = メールサーバーはまだメールを受け取っていません。{ $count }回試み、引き続き試みています。
delivery-sent = { $count ->
        [0] たった今メールサーバーに引き渡しました (UTC { $time })。
       *[other] メールサーバーに{ $count }分前に引き渡しました (UTC { $time })。
    }
delivery-again = 現在の状況を見る
refused-mailbox = メールサーバーによると、そのメールボックスは存在しません。{ $organization } の担当者にアドレスの訂正を依頼してください。
refused-full = メールボックスがいっぱいです。空きを作ってから、もう一度送信してください。
refused-blocked = メールサーバーがこちらのメールを拒否しています。メールボックスの管理者に { $sender } からのメールの許可を依頼してから、もう一度送信してください。
refused-other = メールサーバーがメールを受け取りません。もう一度送信するか、{ $organization } の担当者にお尋ねください。
refused-late = メールサーバーが時間内にメールを受け取りませんでした。もう一度送信するか、{ $organization } の担当者にお尋ねください。

## 直前の操作の結果

wrong-code = コードが違います。最新のメールと見比べてください。あと{ $count }回入力できます。
wrong-code-last = コードが違います。お送りしたコードは無効になりました。新しいコードを送信してください。
not-a-code = それはコードではありません。最新のメールにある{ $digits }桁の数字を入力してください。
code-expired = そのコードは期限切れです。新しいコードを送信してください。
code-used = コードは一度だけ有効で、そのコードは使用済みです。サイトへお進みください。まだコードを求められる場合は、新しいコードを送信してください。
too-many-tries = そのコードは入力回数の上限に達し、無効になりました。新しいコードを送信してください。
too-often = お使いのアカウントで誤ったコードが多すぎます。{ $count }分後にもう一度お試しください。
network-too-often = お使いのネットワークからの試行が多すぎます。{ $count }分後にもう一度お試しください。
mail-sent = もう一通メールを送信しています。最新のメールのコードが有効です。
mail-too-often = 先ほどメールを送信しました。そのメールを探すか、{ $count }秒後にもう一度お試しください。
mail-too-often-over = 先ほどメールを送信しました。{ $count }秒後に新しいコードを依頼してください。

## フォームの下

no-mail = メールが届きませんか
no-mail-spam = 迷惑メールフォルダーで { $sender } からのメールを探してください。
no-mail-newest = 複数のメールが届いた場合は、最新のメールのコードが有効です。
no-mail-address = このアドレスは { $host } のアカウントのものです。もう使っていない場合は、{ $organization } の担当者に変更を依頼してください。
not-you = ご本人ではありませんか
sign-out = ログアウト: { $host }
what-it-is = このコードで分かるのは、このメールボックスを今も読めることだけです。
no-password = このページがパスワードを尋ねることはありません。

## Authenticator apps and passkeys

heading-confirm = 本人確認をしてください
app-label = 認証アプリのコード
app-hint = 30秒ごとに変わる6桁の数字です。
app-wrong = コードが正しくないか、すでに使われています。アプリに今表示されているコードを入力してください。
mail-instead = 代わりにメールでコードを受け取る
other-way = 別の方法で確認する
methods-link = メールを待つ代わりに、認証アプリまたはパスキーを設定する
methods-heading = 本人確認の方法
methods-lead = メールを待つ代わりに、ここで設定したものを使えます。
methods-mail = メールのコード（{ $mailbox } 宛て）
methods-first = 本人確認の方法を変えるには、まずもう一度本人確認をしてください。
methods-what = メールのコードは、そのメールボックスをまだ読めることを示すだけです。認証アプリやパスキーのほうが安全です。
methods-done = 設定が終わりました。これから使えます。
methods-removed = 削除しました。
methods-over = 時間がかかりすぎたか、別の場所で始められました。もう一度始めてください。
methods-full = 今はこれ以上設定できません。
method-app = 認証アプリ
method-passkey = パスキー
method-added = 設定日 { $date }
method-remove = 「{ $name }」を削除
method-name = 見分けるための名前
app-begin = 認証アプリを設定する
app-scan = この画像をアプリで読み取るか、下のキーをアプリに入力してください。次に、アプリに表示されるコードを入力してください。
app-picture = キーのQRコード
app-open = この端末でアプリを開く
passkey-use = パスキーを使う
passkey-begin = パスキーを設定する
passkey-wrong = パスキーを使えませんでした。もう一度試すか、別の方法で確認してください。
passkey-script = パスキーには、このブラウザーでJavaScriptが必要です。

## ログアウト後

signed-out-heading = ログアウトしました
signed-out-lead = このブラウザーでの確認は終了しました。
signed-out-next = 次にログインするとき、新しいコードがメールボックスに送られます。
sign-in-again = もう一度ログインする
signed-out-shared = 共用のコンピューターでは、ブラウザーのウィンドウも閉じてください。

## 保管されたフォーム

held-note = 送信した内容は保管されています。コードを入力した後に送信できます。
held-heading = 送信した内容は保管されています
held-lead = 確認が済んだので、{ $target } に送信できます。数分間保管されます。
held-send = 今すぐ送信
held-drop = 破棄する
held-gone-heading = ここには何も保管されていません
held-gone = すでに送信または破棄されたか、期限が過ぎたか、ログインし直したためです。
unsent-heading = 送信した内容は届いていません
unsent-lead = 先に確認が必要です。その間、この内容は保管できません。新しいタブで確認してから、ここで一つ前のページに戻り、もう一度送信してください。
unsent-verify = 新しいタブで確認する
in-place-heading = メールボックスを確認してください
in-place-lead = 確認が済むまで、このページは保存できません。新しいタブで確認してから、ここに戻ってください。入力した内容は失われません。
in-place-later = あとで

## 利用者のブラウザーと、新しいブラウザーのメール

browsers-heading = 確認済みのブラウザー
browsers-lead = これらのブラウザーで { $organization } のためにメールボックスを確認しました。見覚えのないものがあれば終了し、パスワードを変更して、管理者にお知らせください。
browsers-none = 確認したブラウザーがないか、どれもすでに無効です。
browser-name = { $system } の { $program }
browser-unknown = 不明なブラウザー
browser-here = このブラウザー
browser-when = 最初の確認 { $first }、最後の確認 { $last }、サイト { $host }、ネットワーク { $network }。
browser-end = 終了する
browsers-end-others = ほかをすべて終了する
new-browser-subject = 新しいブラウザーが { $organization } で確認されました
new-browser-what = 日時 { $time } に、どなたかがあなたとして { $host } で確認を行いました。ブラウザー：{ $browser }。ネットワーク：{ $network }。
new-browser-next = ご本人であれば、何もする必要はありません。心当たりがない場合は、確認済みのブラウザーを開いてそれを終了し、パスワードを変更してください：

## お断りのページ

title-no-access = アクセスできません
title-not-found = 見つかりません
title-try-again = もう一度お試しください
title-loop = 同じ確認が繰り返されてしまいます
title-not-served = このリクエストには応じられません
try-again = もう一度試す
ask-contact = お問い合わせ先: { $contact }。
help-number = お問い合わせの際は、次の番号をお伝えください:
status = ステータス { $status }

reason-address-unknown = お使いのアカウントのメールボックスが分からないため、コードを送信できません。組織の管理者にお問い合わせください。
reason-token-blocked = ここでは、API トークンは組織によって禁止されています。組織の管理者にお問い合わせください。
reason-not-invited = このサイトは、招待された外部の方だけが利用できます。一緒に仕事をしている方か、組織の管理者にお問い合わせください。
reason-policy-unreadable = 組織が求める内容を、現在読み取れません。しばらくしてからもう一度お試しください。
reason-account-suspended = 組織がアクセスを停止しました。再開できる組織の管理者にお問い合わせください。
reason-account-deactivated = アカウントは無効になっています。再び有効にできる組織の管理者にお問い合わせください。
reason-account-closed = アカウントは削除されました。別のアカウントが必要かどうか、組織の管理者にお問い合わせください。
reason-access-ended = アクセスは取り決められた日に終了しました。延長できる組織の担当者にお問い合わせください。
reason-second-step = 組織は、サインインのたびに本人確認を求めています。
reason-second-step-setup = 組織は、メールのコードだけでは不十分としています。ほかの本人確認の方法を設定してください。
reason-second-step-impossible = 組織は、ここでは誰も設定できない二段階目の確認を求めています。組織の管理者にお問い合わせください。
reason-single-sign-on = 組織は、シングルサインオンでのログインを求めています。もう一度ログインしてください。
reason-session-reset = 組織がこれまでのログインをすべて終了しました。もう一度ログインしてください。
reason-session-expired = ログインから、組織が認める時間を過ぎています。もう一度ログインしてください。
reason-session-idle = 組織が認める時間より長く操作がありませんでした。もう一度ログインしてください。
reason-identity-unavailable = 誰がログインしているか、サイトが現在答えられません。しばらくしてからもう一度お試しください。
reason-identity-mismatch = ページの読み込み中にログインが変わりました。もう一度読み込んでください。
reason-store-unavailable = 現在、確認ができません。しばらくしてからもう一度お試しください。
reason-upstream-unreachable = このゲートウェイの先のサイトに接続できません。
reason-upstream-timeout = このゲートウェイの先のサイトが時間内に応答しませんでした。
reason-malformed-request = リクエストの形式が正しくありません。
reason-ambiguous-host = リクエストはホストをちょうど一つ指定する必要があります。
reason-host-mismatch = この接続は別のホストのために開かれました。このホスト用に新しい接続を開いてください。
reason-unknown-host = この名前のサイトはここにはありません。
reason-malformed-path = リクエストのパスの形式が正しくありません。
reason-session-id-in-path = セッション ID をパスに含めることはできません。
reason-unknown-page = そのページはここにはありません。
reason-hardened-path = このアドレスは製品の内部ファイルを開くおそれがあるため、提供されません。
reason-duplicate-cookie = リクエストにセッションの Cookie またはトークンが二つ含まれています。
reason-duplicate-authorization = リクエストに Authorization ヘッダーが二つ以上含まれています。
reason-query-credentials = 認証情報をアドレスに含めることはできません。
reason-method-not-allowed = このメソッドはここでは使えません。
reason-upgrade-refused = このプロトコルへの切り替えはできません。
reason-head-too-large = リクエストのヘッダーが大きすぎます。
reason-target-too-long = アドレスが長すぎます。
reason-body-too-large = リクエストの本文が大きすぎます。
reason-body-stalled = リクエストの本文が途中で届かなくなりました。もう一度送信してください。
reason-too-many-connections = お使いのアドレスからの接続が多すぎます。いくつか閉じてからもう一度お試しください。
reason-cross-site = フォームはこのサイトから送られたものではありません。ページをもう一度開いてください。
reason-cookies-not-kept = このブラウザーは確認済みであることを示す Cookie を保存しないため、何度も確認を求められることになります。このサイトの Cookie を許可してから、もう一度お試しください。
reason-sign-in-out-of-reach = ページにはログインが見えていますが、確認のページには見えていないため、行き来が繰り返されてしまいます。いったんログアウトして、もう一度ログインしてください。それでも直らない場合は、組織の管理者にお知らせください。
reason-proof-not-counted = 確認は済みましたが、有効になりません。組織が毎回確認を求めているか、サーバーの時計がずれています。組織の管理者にお知らせください。
reason-internal = 問題が発生しました。もう一度お試しください。

## コードのメール

mail-subject = メールボックスの確認をお願いします: { $organization } ({ $tag })
mail-greeting = こんにちは。
mail-ask = どなたかがあなたとして { $host } にログインしようとしており、{ $organization } がメールボックスの確認をお願いしています。ご本人でしたら、コードを求めているページに次のコードを入力してください:
mail-tag = ページでは、このメールを { $tag } と呼んでいます。
mail-life = コードは一度だけ、{ $count }分以内に使えます。
mail-secret = 電話、チャット、メールでこのコードをお尋ねすることは決してありません。誰にも教えないでください。
mail-not-you = たった今 { $host } にログインした覚えがない場合は、このメールを無視し、{ $organization } の管理者にお知らせください。他の誰かがパスワードを知っているかもしれません。コードがなければ先へは進めません。
