# syntax=docker/dockerfile:1

# Parvis as a container: one binary, one data folder, no shell needed, no root, no secret inside.
#
#   docker build --build-arg REVISION="$(git rev-parse HEAD)" -t parvis .
#   docker run --rm -v parvis:/donnees parvis init --data /donnees
#   docker run -d --read-only --cap-drop ALL --security-opt no-new-privileges --ulimit core=0 \
#     -v parvis:/donnees -p 127.0.0.1:8080:8080 parvis
#
# Keys are made by `parvis init` in the data folder, or given as files (secrets) at run time: never
# as build arguments, which stay in the image's history. TLS is the reverse proxy's, or Parvis's own
# with two PEM files; see config/default.toml.

FROM rust:1.95-bookworm AS build
WORKDIR /parvis
COPY . .
# The caches live outside the layers; the binary is taken out of them in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/parvis/target \
    cargo build --locked --release \
    && install -m 755 target/release/parvis /usr/local/bin/parvis

FROM debian:bookworm-slim
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Parvis" \
      org.opencontainers.image.description="Extranet de consultation des fiches de synthèse par les mairies" \
      org.opencontainers.image.licenses="EUPL-1.2" \
      org.opencontainers.image.revision="${REVISION}"

# A fixed number, so that the owner of the volume is the same from one version to the next.
RUN useradd --system --uid 10001 --user-group --home-dir /donnees --shell /usr/sbin/nologin parvis \
    && install -d -m 700 -o parvis -g parvis /donnees
COPY --from=build /usr/local/bin/parvis /usr/local/bin/parvis
COPY LICENSE static/fonts/OFL.txt /usr/share/doc/parvis/

USER parvis
WORKDIR /donnees
VOLUME /donnees
# The root file system may be read-only: SQLite's temporary files, which may hold what was in a
# table, stay in the data folder with the rest.
ENV PARVIS__SERVER__LISTEN=0.0.0.0:8080 \
    SQLITE_TMPDIR=/donnees
EXPOSE 8080

# Settings, keys, clock and database, by the program itself. Whether it answers over HTTP is asked
# from outside, at /sante.
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s --retries=3 \
    CMD ["parvis", "check", "--data", "/donnees"]
ENTRYPOINT ["parvis"]
CMD ["serve", "--data", "/donnees"]
