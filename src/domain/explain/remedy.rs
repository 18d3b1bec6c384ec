//! What would let somebody pass who does not, for the admin who explains a refusal. It never says what lets a stranger in.

use super::Reason;

/// What would let somebody pass who does not, as an admin can bring it about.
pub const fn remedy(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::NoProof
        | Reason::ProofInvalid
        | Reason::ProofExpired
        | Reason::ProofFromFuture
        | Reason::ProofRevoked
        | Reason::ProofMethod => {
            "They pass with a code from their mailbox; without one, if the organization verifies the domain of their address and claims the account."
        }
        Reason::SecondStep => {
            "They pass once they confirm that it is them, in a way that their policy lists."
        }
        Reason::SecondStepSetup => {
            "They pass once they set up an authenticator app or a passkey, whichever their policy lists."
        }
        Reason::SecondStepImpossible => "Let their authentication policy list another method too.",
        Reason::SingleSignOn => "They pass once they sign in with single sign-on.",
        Reason::SessionReset | Reason::SessionExpired | Reason::SessionIdle => {
            "They pass once they sign in again."
        }
        Reason::TokenBlocked => "Allow API tokens at the site, and in the policy that they go by.",
        Reason::AddressUnknown => "Import the person with an address, so that a code can be sent.",
        Reason::NotInvited => "Give them a role at the site: by themselves, by a group, or by their company.",
        Reason::PolicyUnreadable => {
            "Save the policy again, or bring this gateway to the version that the policy was saved with."
        }
        Reason::AccountSuspended => "Restore the access of the account.",
        Reason::AccountDeactivated => "Reactivate the account, or cancel its deletion.",
        Reason::AccountClosed => "It stays closed: the person needs another account.",
        Reason::AccessEnded => "Set a later end date for the person, or none.",
        _ => return None,
    })
}
