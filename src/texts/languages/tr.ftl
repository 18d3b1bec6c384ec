## Kod isteyen sayfa

heading-check = Posta kutunuza bakın
heading-failed = E-posta ulaşmadı
heading-over = Yeni bir koda ihtiyacınız var
heading-used = Bu kod daha önce kullanıldı
title-error = Hata: { $heading }
lead-queued = Size { $digits } haneli bir kod yolda: { $mailbox }.
lead-sent = Şu adrese { $digits } haneli bir kod gönderdik: { $mailbox }.
lead-failed = E-posta şu adrese teslim edilemedi: { $mailbox }.
lead-over = Yeni kod şu adrese gidecek: { $mailbox }.
look-for = Üzerinde { $tag } yazan e-postayı arayın.
why-days = { $count ->
        [one] Dışarıdan gelenlerden { $organization } bunu her gün ister.
       *[other] Dışarıdan gelenlerden { $organization } bunu { $count } günde bir ister.
    }
why-hours = { $count ->
        [one] Dışarıdan gelenlerden { $organization } bunu her saat ister.
       *[other] Dışarıdan gelenlerden { $organization } bunu { $count } saatte bir ister.
    }
why-minutes = { $count ->
        [one] Dışarıdan gelenlerden { $organization } bunu her dakika ister.
       *[other] Dışarıdan gelenlerden { $organization } bunu { $count } dakikada bir ister.
    }
why-always = Dışarıdan gelenlerden { $organization } bunu her seferinde ister.
code-label = Kod ({ $digits } hane)
code-life = { $count ->
        [one] Kod { $count } dakika daha geçerli.
       *[other] Kod { $count } dakika daha geçerli.
    }
code-tries = { $count ->
        [one] Deneme hakkınız: { $count }.
       *[other] Deneme hakkınız: { $count }.
    }
continue = Devam et
send-again = Yeniden gönder
send-new = Yeni kod gönder
go-on = Devam: { $host }

## E-postanın durumu

delivery-queued = E-posta, posta sunucusunu bekliyor.
delivery-waiting = { $count ->
        [one] Posta sunucusu e-postayı henüz almadı. Bir kez denedik, denemeye devam ediyoruz.
       *[other] Posta sunucusu e-postayı henüz almadı. Şimdiye dek { $count } kez denedik, denemeye devam ediyoruz.
    }
delivery-sent = { $count ->
        [0] Posta sunucusuna az önce teslim edildi ({ $time } UTC).
        [one] Posta sunucusuna 1 dakika önce teslim edildi ({ $time } UTC).
       *[other] Posta sunucusuna { $count } dakika önce teslim edildi ({ $time } UTC).
    }
delivery-again = Şimdiki duruma bak
refused-mailbox = Posta sunucusu böyle bir posta kutusu olmadığını bildiriyor. Adresinizin düzeltilmesi için şu kurumdaki ilgili kişiye başvurun: { $organization }.
refused-full = Posta kutusu dolu. Lütfen yer açın, sonra e-postayı yeniden gönderin.
refused-blocked = Posta sunucusu e-postamızı reddediyor. Posta kutunuzu yöneten kişiden şu adresten gelen e-postalara izin vermesini isteyin, sonra yeniden gönderin: { $sender }.
refused-other = Posta sunucusu e-postayı almıyor. Lütfen yeniden gönderin ya da şu kurumdaki ilgili kişiye sorun: { $organization }.
refused-late = Posta sunucusu e-postayı zamanında almadı. Lütfen yeniden gönderin ya da şu kurumdaki ilgili kişiye sorun: { $organization }.

## Son düğmenin sonucu

wrong-code = { $count ->
        [one] Bu kod doğru değil. En yeni e-postayla karşılaştırın: kalan deneme hakkı { $count }.
       *[other] Bu kod doğru değil. En yeni e-postayla karşılaştırın: kalan deneme hakkı { $count }.
    }
wrong-code-last = Bu kod doğru değil, gönderdiğimiz kod da artık geçersiz. Lütfen yeni bir kod gönderin.
not-a-code = Bu bir kod değil. En yeni e-postadaki { $digits } rakamı yazın.
code-expired = Bu kod çok eski. Lütfen yeni bir kod gönderin.
code-used = Bir kod yalnızca bir kez geçerlidir ve bu kod kullanıldı. Lütfen siteye geçin; site yine kod isterse yeni bir kod gönderin.
too-many-tries = Bu kod çok fazla denendi ve artık geçersiz. Lütfen yeni bir kod gönderin.
too-often = { $count ->
        [one] Hesabınız için çok fazla yanlış kod girildi. Lütfen 1 dakika sonra yeniden gelin.
       *[other] Hesabınız için çok fazla yanlış kod girildi. Lütfen { $count } dakika sonra yeniden gelin.
    }
network-too-often = { $count ->
        [one] Ağınızdan çok fazla deneme yapıldı. Lütfen 1 dakika sonra yeniden gelin.
       *[other] Ağınızdan çok fazla deneme yapıldı. Lütfen { $count } dakika sonra yeniden gelin.
    }
mail-sent = Bir e-posta daha yolda. En yeni e-postadaki kod geçerlidir.
mail-too-often = { $count ->
        [one] Az önce bir e-posta gönderildi. Lütfen onu arayın ya da 1 saniye sonra yeniden isteyin.
       *[other] Az önce bir e-posta gönderildi. Lütfen onu arayın ya da { $count } saniye sonra yeniden isteyin.
    }
mail-too-often-over = { $count ->
        [one] Az önce bir e-posta gönderildi. Lütfen 1 saniye sonra yeni bir kod isteyin.
       *[other] Az önce bir e-posta gönderildi. Lütfen { $count } saniye sonra yeni bir kod isteyin.
    }

## Formun altı

no-mail = E-posta gelmedi mi?
no-mail-spam = Spam klasöründe şu adresten gelen bir e-posta arayın: { $sender }.
no-mail-newest = Birkaç e-posta geldiyse en yenisindeki kod geçerlidir.
no-mail-address = Bu adres şu sitedeki hesabınıza aittir: { $host }. Artık bu adresi okumuyorsanız değiştirilmesi için şu kurumdaki ilgili kişiye başvurun: { $organization }.
not-you = Siz değil misiniz?
sign-out = Oturumu kapat: { $host }
what-it-is = Kod, bu posta kutusunu hâlâ okuyabildiğinizi gösterir; başka bir şey göstermez.
no-password = Bu sayfa hiçbir zaman parola sormaz.

## Authenticator apps and passkeys

heading-confirm = Siz olduğunuzu doğrulayın
app-label = Kimlik doğrulama uygulamanızdaki kod
app-hint = Her 30 saniyede bir değişen altı rakam.
app-wrong = Bu kod doğru değil ya da daha önce kullanıldı. Lütfen uygulamanın şimdi gösterdiği kodu yazın.
mail-instead = Bunun yerine e-postayla kod gönder
other-way = Başka bir yolla doğrula
methods-link = E-posta beklemek yerine kimlik doğrulama uygulaması ya da geçiş anahtarı kurun
methods-heading = Siz olduğunuzu nasıl doğruluyorsunuz
methods-lead = E-posta beklemek yerine burada kurduklarınızı kullanabilirsiniz.
methods-mail = E-postayla kod: { $mailbox }
methods-first = Siz olduğunuzu doğrulama yolunu değiştirmek için lütfen önce bir kez daha doğrulayın.
methods-what = E-postayla gelen kod yalnızca posta kutusunu hâlâ okuyabildiğinizi gösterir. Kimlik doğrulama uygulaması ya da geçiş anahtarı daha güçlüdür.
methods-done = Kuruldu, artık kullanabilirsiniz.
methods-removed = Kaldırıldı.
methods-over = Çok uzun sürdü ya da başka bir yerde başlatıldı. Lütfen yeniden başlayın.
methods-full = Şu anda başka bir şey kurulamaz.
method-app = Kimlik doğrulama uygulaması
method-passkey = Geçiş anahtarı
method-added = kurulma tarihi { $date }
method-remove = Kaldır: { $name }
method-name = Sonradan tanımanız için ad
app-begin = Kimlik doğrulama uygulaması kur
app-scan = Bu resmi uygulamayla tarayın ya da altındaki anahtarı uygulamaya yazın. Ardından uygulamanın gösterdiği kodu yazın.
app-picture = Anahtarı içeren QR kodu
app-open = Uygulamayı bu cihazda aç
passkey-use = Geçiş anahtarı kullan
passkey-begin = Geçiş anahtarı kur
passkey-wrong = Geçiş anahtarı burada çalışmadı. Lütfen yeniden deneyin ya da başka bir yolla doğrulayın.
passkey-script = Geçiş anahtarı için bu tarayıcıda JavaScript gerekir.

## Oturum kapandıktan sonra

signed-out-heading = Oturumunuz kapandı
signed-out-lead = Bu tarayıcıdaki doğrulamanız sona erdi.
signed-out-next = Yeniden oturum açtığınızda posta kutunuza yeni bir kod gönderilir.
sign-in-again = Yeniden oturum aç
signed-out-shared = Ortak kullanılan bir bilgisayarda tarayıcı penceresini de kapatın.

## Saklanan bir form

held-note = Gönderdikleriniz saklandı. Koddan sonra gönderebilirsiniz.
held-heading = Gönderdikleriniz saklandı
held-lead = Doğruladınız; artık şuraya gidebilir: { $target }. Birkaç dakika saklanır.
held-send = Şimdi gönder
held-drop = Vazgeç
held-gone-heading = Burada saklanan bir şey yok
held-gone = Zaten gönderildi ya da vazgeçildi, süresi doldu veya yeniden oturum açtınız.
unsent-heading = Gönderdikleriniz iletilmedi
unsent-lead = Önce doğrulamanız gerekiyor ve bu içerik bu sırada saklanamıyor. Lütfen yeni bir sekmede doğrulayın, ardından burada bir sayfa geri gidip yeniden gönderin.
unsent-verify = Yeni sekmede doğrula
in-place-heading = Lütfen posta kutunuzu doğrulayın
in-place-lead = O zamana kadar bu sayfa kayıt yapamaz. Yeni bir sekmede doğrulayın ve buraya dönün: yazdıklarınız kaybolmaz.
in-place-later = Şimdi değil

## Bir kişinin tarayıcıları ve yenisine dair ileti

browsers-heading = Doğrulanmış tarayıcılarınız
browsers-lead = Bu tarayıcılarda posta kutunuzu şu kurum için doğruladınız: { $organization }. Tanımadığınız biri varsa sonlandırın, parolanızı değiştirin ve yöneticiye haber verin.
browsers-none = Hiçbir tarayıcıda doğrulama yapmadınız ya da hiçbiri artık geçerli değil.
browser-name = { $system } üzerinde { $program }
browser-unknown = Bilinmeyen bir tarayıcı
browser-here = bu tarayıcı
browser-when = İlk doğrulama { $first }, son doğrulama { $last }; site { $host }, ağ { $network }.
browser-end = Sonlandır
browsers-end-others = Diğerlerinin tümünü sonlandır
new-browser-subject = Yeni bir tarayıcı doğrulandı: { $organization }
new-browser-what = Şu anda biri sizin adınıza doğrulama yaptı: { $time }. Site: { $host }. Tarayıcı: { $browser }. Ağ: { $network }.
new-browser-next = Bu sizseniz yapmanız gereken bir şey yok. Değilseniz doğrulanmış tarayıcılarınızı açın, onu sonlandırın ve parolanızı değiştirin:

## Ret

title-no-access = Erişim yok
title-not-found = Bulunamadı
title-try-again = Lütfen yeniden deneyin
title-loop = Size tekrar tekrar sorulacaktı
title-not-served = Bu istek karşılanamıyor
try-again = Yeniden dene
ask-contact = Şuraya sorabilirsiniz: { $contact }.
help-number = Yardım isterseniz şu numarayı verin:
status = Durum kodu { $status }

reason-address-unknown = Hesabınız için bilinen bir posta kutusu yok, bu yüzden kod gönderilemiyor. Lütfen kurumunuzun yöneticisine sorun.
reason-token-blocked = Kurum, API belirteçlerini burada engelliyor. Lütfen kurumunuzun yöneticisine sorun.
reason-not-invited = Bu site yalnızca davet edilmiş dış kullanıcılar içindir. Lütfen burada birlikte çalıştığınız kişiye ya da kurumunuzun yöneticisine sorun.
reason-policy-unreadable = Kurumun ne istediği şu anda okunamıyor. Lütfen birazdan yeniden deneyin.
reason-account-suspended = Kurum erişiminizi askıya aldı. Lütfen onu geri verebilecek olan kurum yöneticinize sorun.
reason-account-deactivated = Hesabınız devre dışı bırakıldı. Lütfen onu yeniden açabilecek olan kurum yöneticinize sorun.
reason-account-closed = Hesabınız silindi. Başka bir hesabınız olması gerekip gerekmediğini lütfen kurumunuzun yöneticisine sorun.
reason-access-ended = Erişiminiz kararlaştırılan günde sona erdi. Lütfen onu uzatabilecek olan kurumdaki ilgili kişiye sorun.
reason-second-step = Kuruluşunuz her oturum açışınızda siz olduğunuzu doğrulamanızı istiyor.
reason-second-step-setup = Kuruluşunuz için e-postayla gelen kod yeterli değil: lütfen siz olduğunuzu doğrulamanın başka bir yolunu kurun.
reason-second-step-impossible = Kurumunuz burada kimsenin kuramayacağı ikinci bir adım istiyor. Lütfen kurumunuzun yöneticisine sorun.
reason-single-sign-on = Kurumunuz tek oturum açma yöntemiyle girmenizi istiyor. Lütfen yeniden oturum açın.
reason-session-reset = Kurumunuz önceki bütün oturumları sonlandırdı. Lütfen yeniden oturum açın.
reason-session-expired = Oturumunuz kurumunuzun izin verdiğinden daha eski. Lütfen yeniden oturum açın.
reason-session-idle = Kurumunuzun izin verdiğinden daha uzun süre uzak kaldınız. Lütfen yeniden oturum açın.
reason-identity-unavailable = Site şu anda kimin oturum açtığını söyleyemiyor. Lütfen birazdan yeniden deneyin.
reason-identity-mismatch = Sayfa yüklenirken oturum değişti. Lütfen sayfayı yeniden yükleyin.
reason-store-unavailable = Doğrulama şu anda yapılamıyor. Lütfen birazdan yeniden deneyin.
reason-upstream-unreachable = Bu ağ geçidinin arkasındaki siteye ulaşılamıyor.
reason-upstream-timeout = Bu ağ geçidinin arkasındaki site zamanında yanıt vermedi.
reason-malformed-request = İstek hatalı biçimlendirilmiş.
reason-ambiguous-host = İstek tam olarak bir sunucu adı vermelidir.
reason-host-mismatch = Bağlantı başka bir sunucu için açılmış. Lütfen bunun için yeni bir bağlantı açın.
reason-unknown-host = Burada bu adda bir site yok.
reason-malformed-path = İsteğin yolu hatalı biçimlendirilmiş.
reason-session-id-in-path = Oturum kimliği yolun parçası olamaz.
reason-unknown-page = Burada böyle bir sayfa yok.
reason-hardened-path = Bu adres ürünün kendi dosyalarından birini açabilirdi, bu yüzden sunulmuyor.
reason-duplicate-cookie = İstek bir oturum çerezini ya da belirtecini iki kez taşıyor.
reason-duplicate-authorization = İstek birden fazla Authorization başlığı taşıyor.
reason-query-credentials = Kimlik bilgileri adresin parçası olamaz.
reason-method-not-allowed = Bu yönteme burada izin verilmiyor.
reason-upgrade-refused = Bu protokol değişikliğine izin verilmiyor.
reason-head-too-large = İstek başlıkları çok büyük.
reason-target-too-long = Adres çok uzun.
reason-body-too-large = İstek içeriği çok büyük.
reason-body-stalled = İstek içeriğinin gelişi durdu. Lütfen yeniden gönderin.
reason-too-many-connections = Adresinizden çok fazla bağlantı açık. Lütfen birkaçını kapatıp yeniden deneyin.
reason-cross-site = Form bu siteden gelmedi. Lütfen sayfayı yeniden açın.
reason-cookies-not-kept = Bu tarayıcı, doğrulamanızı belirten çerezi saklamıyor; bu yüzden size tekrar tekrar sorulacaktı. Lütfen bu site için çerezlere izin verin ve yeniden deneyin.
reason-sign-in-out-of-reach = Sayfa oturumunuzu görüyor, doğrulama ise görmüyor; bu yüzden ikisi arasında gidip gelecektiniz. Lütfen oturumu kapatıp yeniden açın; bu işe yaramazsa kurumunuzun yöneticisine haber verin.
reason-proof-not-counted = Doğruladınız ama geçerli sayılmıyor: kurum her seferinde yeniden soruyor ya da sunucularının saatleri farklı. Lütfen kurumunuzun yöneticisine haber verin.
reason-internal = Burada bir şeyler ters gitti. Lütfen yeniden deneyin.

## Kodlu e-posta

mail-subject = Posta kutunuzu doğrulayın: { $organization } ({ $tag })
mail-greeting = Merhaba,
mail-ask = Birisi sizin adınıza { $host } sitesinde oturum açıyor ve { $organization } posta kutunuzu doğrulamanızı istiyor. Bu sizseniz, kodu isteyen sayfaya şunu yazın:
mail-tag = Sayfada bu e-postanın adı { $tag }.
mail-life = { $count ->
        [one] Kod bir kez, { $count } dakika içinde geçerlidir.
       *[other] Kod bir kez, { $count } dakika içinde geçerlidir.
    }
mail-secret = Kimse sizden bu kodu telefonda, sohbette ya da e-postayla istemez. Kodu kimseye vermeyin.
mail-not-you = Az önce { $host } sitesinde oturum açmadıysanız bu iletiyi dikkate almayın ve { $organization } yöneticisine haber verin: parolanızı başka biri biliyor olabilir. Kod olmadan ileri gidemez.
