//! The structure of the program, read from its sources and its tables; no server runs here.
//!
//! - `floors`: no arrow runs up;
//! - `bans`: what only one place may do;
//! - `route_table`, `policy`: the table and the policy, as data;
//! - `documents`: the generated pages of `docs/` are the ones the program would write now
//!   (`UPDATE_GOLDEN=1 cargo test --test architecture` rewrites them).

mod bans;
mod clauses;
mod documents;
mod floors;
mod policy;
mod route_table;
mod sources;
