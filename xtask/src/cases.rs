//! The list of the lab's tests; each subject has a file of its own.
//!
//! What a case is stands in `lab`, what runs them in `matrix`.

mod boots;

use crate::lab::Case;

/// Every case, in the order in which a guest runs them.
pub(crate) fn all() -> Vec<Case> {
    vec![boots::CASE]
}
