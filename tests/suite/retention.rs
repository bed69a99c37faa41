//! What must be gone is gone, and can be shown to be gone (E7, E8, E10).

mod certificates;
mod left_over;
mod purge;
mod six_months;
