//! Sessions (`JSESSIONID`) and remember-me tokens: making, finding, forgetting.
//!
//! Like Tomcat it never adopts an id that a client made up. Which of them a request may use is `seraph.rs`' business.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

/// How many sessions, and how many tokens, are remembered. Every Basic call without a cookie leaves a session, as at
/// the real products; the oldest is forgotten first.
const CAPACITY: usize = 20_000;

/// Seraph's default age of a remember-me cookie.
pub const REMEMBER_ME_AGE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// One Tomcat session.
#[derive(Debug)]
struct Session {
    /// Whose it is; `None` for a visitor who has not signed in.
    username: Option<String>,
    last_used: Instant,
}

/// What a look-alike remembers about its visitors.
#[derive(Debug)]
pub struct Sessions {
    /// How long a session lives without a request.
    idle: Duration,
    sessions: HashMap<String, Session>,
    /// The ids in order of birth; ids that have ended stay until they reach the front.
    born: VecDeque<String>,
    /// Remember-me cookie value → (username, when it was set).
    tokens: HashMap<String, (String, Instant)>,
    tokens_born: VecDeque<String>,
}

impl Sessions {
    pub fn new(idle: Duration) -> Self {
        Sessions {
            idle,
            sessions: HashMap::new(),
            born: VecDeque::new(),
            tokens: HashMap::new(),
            tokens_born: VecDeque::new(),
        }
    }

    /// Opens a session and returns its id: 32 upper-case hexadecimal digits, as Tomcat makes them.
    pub fn open(&mut self, username: Option<String>, now: Instant) -> String {
        let id = format!("{:032X}", rand::random::<u128>());
        self.sessions.insert(id.clone(), Session { username, last_used: now });
        forget_oldest(&mut self.born, id.clone(), |old| {
            self.sessions.remove(old);
        });
        id
    }

    /// Marks the session as used and says whose it is: `None` when there is no such session (any more), `Some(None)`
    /// for a visitor.
    pub fn touch(&mut self, id: &str, now: Instant) -> Option<Option<String>> {
        let session = self.sessions.get_mut(id)?;
        if now.saturating_duration_since(session.last_used) >= self.idle {
            self.sessions.remove(id);
            return None;
        }
        session.last_used = now;
        Some(session.username.clone())
    }

    pub fn close(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    pub fn close_all(&mut self) {
        self.sessions.clear();
    }

    /// Makes a remember-me token and returns the cookie's value: an id, `%3A`, and 40 hexadecimal digits.
    pub fn remember(&mut self, username: String, now: Instant) -> String {
        let secret: [u8; 20] = rand::random();
        let number = 10_000 + u32::from(rand::random::<u16>());
        let token = format!("{number}%3A{}", data_encoding::HEXLOWER.encode(&secret));
        self.tokens.insert(token.clone(), (username, now));
        forget_oldest(&mut self.tokens_born, token.clone(), |old| {
            self.tokens.remove(old);
        });
        token
    }

    /// Whom a remember-me token signs in.
    pub fn remembered(&self, token: &str, now: Instant) -> Option<String> {
        let (username, set) = self.tokens.get(token)?;
        (now.saturating_duration_since(*set) < REMEMBER_ME_AGE).then(|| username.clone())
    }

    pub fn forget(&mut self, token: &str) {
        self.tokens.remove(token);
    }
}

fn forget_oldest(born: &mut VecDeque<String>, newest: String, mut forget: impl FnMut(&str)) {
    born.push_back(newest);
    if born.len() > CAPACITY
        && let Some(oldest) = born.pop_front()
    {
        forget(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_session_ends_when_it_is_idle_and_lives_while_it_is_used() {
        let start = Instant::now();
        let mut sessions = Sessions::new(60 * MINUTE);
        let id = sessions.open(Some("liam".into()), start);
        assert_eq!(sessions.touch(&id, start + 59 * MINUTE), Some(Some("liam".into())));
        assert_eq!(sessions.touch(&id, start + 118 * MINUTE), Some(Some("liam".into())));
        assert_eq!(sessions.touch(&id, start + 178 * MINUTE), None);
        assert_eq!(sessions.touch(&id, start + 118 * MINUTE), None, "an ended session came back");
    }

    #[test]
    fn a_remember_me_token_lives_two_weeks() {
        let start = Instant::now();
        let mut sessions = Sessions::new(MINUTE);
        let token = sessions.remember("liam".into(), start);
        assert_eq!(
            sessions.remembered(&token, start + REMEMBER_ME_AGE.saturating_sub(MINUTE)),
            Some("liam".into())
        );
        assert_eq!(sessions.remembered(&token, start + REMEMBER_ME_AGE), None);
        sessions.forget(&token);
        assert_eq!(sessions.remembered(&token, start), None);
    }

    #[test]
    fn the_oldest_session_is_forgotten_when_there_are_too_many() {
        let now = Instant::now();
        let mut sessions = Sessions::new(MINUTE);
        let first = sessions.open(None, now);
        let ids: Vec<_> = (0..CAPACITY).map(|_| sessions.open(None, now)).collect();
        assert_eq!(sessions.touch(&first, now), None);
        assert_eq!(sessions.touch(&ids[0], now), Some(None));
        assert_eq!(sessions.sessions.len(), CAPACITY);
    }
}
