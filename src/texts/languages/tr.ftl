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

## Oturum kapandıktan sonra

signed-out-heading = Oturumunuz kapandı
signed-out-lead = Bu tarayıcıdaki doğrulamanız sona erdi.
signed-out-next = Yeniden oturum açtığınızda posta kutunuza yeni bir kod gönderilir.
sign-in-again = Yeniden oturum aç
signed-out-shared = Ortak kullanılan bir bilgisayarda tarayıcı penceresini de kapatın.

## Ret

title-no-access = Erişim yok
title-not-found = Bulunamadı
title-try-again = Lütfen yeniden deneyin
title-not-served = Bu istek karşılanamıyor
ask-contact = Şuraya sorabilirsiniz: { $contact }.
help-number = Yardım isterseniz şu numarayı verin:
status = Durum kodu { $status }

reason-address-unknown = Hesabınız için bilinen bir posta kutusu yok, bu yüzden kod gönderilemiyor. Lütfen kurumunuzun yöneticisine sorun.
reason-token-blocked = Kurum, dışarıdan gelenlerin API belirteçlerini burada engelliyor. Lütfen kurumunuzun yöneticisine sorun.
reason-not-invited = Bu site yalnızca davet edilmiş dış kullanıcılar içindir. Lütfen burada birlikte çalıştığınız kişiye ya da kurumunuzun yöneticisine sorun.
reason-policy-unreadable = Kurumun dışarıdan gelenlerden ne istediği şu anda okunamıyor. Lütfen birazdan yeniden deneyin.
reason-account-suspended = Kurum erişiminizi askıya aldı. Lütfen onu geri verebilecek olan kurum yöneticinize sorun.
reason-account-deactivated = Hesabınız devre dışı bırakıldı. Lütfen onu yeniden açabilecek olan kurum yöneticinize sorun.
reason-account-closed = Hesabınız silindi. Başka bir hesabınız olması gerekip gerekmediğini lütfen kurumunuzun yöneticisine sorun.
reason-access-ended = Erişiminiz kararlaştırılan günde sona erdi. Lütfen onu uzatabilecek olan kurumdaki ilgili kişiye sorun.
reason-second-step = Kurumunuz her oturum açışınızda posta kutunuzdan bir kod ister.
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
