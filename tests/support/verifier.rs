//! How a browser of `client.rs` goes through the challenge.

use http::StatusCode;

use super::client::{Answer, Browser};
use super::world::World;

impl Browser {
    /// Loads a page that must be challenged, and the challenge page after it.
    pub async fn challenge(&mut self, target: &str) -> Answer {
        let answer = self.open(target).await;
        assert!(answer.is_challenge(), "{target} is challenged: {} {}", answer.status, answer.body);
        let location = answer.header("location").to_owned();
        // By way of the home host of the organization, where that is another one.
        self.settle(&location).await.1
    }

    /// Posts a code from a challenge page, and says where it leads to beyond the page that looks whether the proof is kept.
    pub async fn submit(&mut self, page: &Answer, code: &str) -> Answer {
        let answer = self.submit_only(page, code).await;
        self.arrive(answer).await
    }

    /// An answer with the place that it leads to beyond that page.
    pub async fn arrive(&mut self, mut answer: Answer) -> Answer {
        if answer.header("location").contains("/.postern/arrived?") {
            let arrived = self.open(answer.header("location")).await;
            answer.headers.insert("location", arrived.headers["location"].clone());
        }
        answer
    }

    /// As [`submit`](Self::submit), but going nowhere.
    pub async fn submit_only(&mut self, page: &Answer, code: &str) -> Answer {
        let (token, return_to) = (page.field("token"), page.field("return"));
        self.post("/.postern/verify", &[("token", &token), ("return", &return_to), ("code", code)]).await
    }

    /// Asks for another mail from a challenge page.
    pub async fn resend(&mut self, page: &Answer) -> Answer {
        let (token, return_to) = (page.field("token"), page.field("return"));
        self.post("/.postern/resend", &[("token", &token), ("return", &return_to)]).await
    }

    /// Signs in, meets the challenge and passes it.
    pub async fn verify(&mut self, world: &World, username: &str, email: &str) {
        self.sign_in(username).await;
        let page = self.challenge("/").await;
        let answer = self.submit(&page, &world.newest_mail(email).code()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
}
