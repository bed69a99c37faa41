//! Single sign-on against real providers (E19, E20): npm's oidc-provider, which `tests/provider` runs on
//! the loopback. `PARVIS_TEST_OIDC` says where its package lies; `./scripts/test` installs it.

mod desk;
mod managing;
mod matching;
mod proofs;
mod provider;
mod sessions;
