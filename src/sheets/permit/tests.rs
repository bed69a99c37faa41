//! Every condition of reading.
