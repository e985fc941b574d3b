# The server as an image. Build it with `docker compose build`, or with `docker build -t seeka .`. Two builds of one commit
# give the same program: Cargo and npm take what the lock files name, the paths are those of the image, and no time of
# the build gets in.

# build.rs puts the GraphiQL page into the binary and needs npm for that; nothing of Node.js is in the final image.
FROM node:24-bookworm-slim AS node

# The C compiler of this image is all that the native crates (ring, aws-lc-sys) ask for.
FROM rust:1.95.0-slim-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
# The files of the sample carry a time into the program; a checkout makes it different each time.
ARG SOURCE_DATE_EPOCH=0
# The caches keep what the dependencies compiled to, so that a change of the server compiles the server only.
# Cargo judges by the age of files, and a cache may come from another checkout with newer ones; touching build.rs makes it
# compile the server in any case, and ask npm again if it failed before.
# Without npm's files the build succeeds and leaves the page out, which an image must not: grep looks for one of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,sharing=locked \
    touch build.rs \
    && cargo build --release --locked --bin seeka \
    && grep --quiet react-dom.production.min.js target/release/seeka \
    && cp target/release/seeka /seeka

# The C library of the build stage's Debian, the certificates that TLS needs, and no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /seeka /usr/local/bin/seeka
USER 65532:65532
# Inside a container, the loopback address would be reachable from nowhere.
ENV SEEKA_ADDR=0.0.0.0:8000
EXPOSE 8000
# The image has no other program that could ask. The start includes the wait for Neo4j and the sample catalogue.
HEALTHCHECK --interval=5s --timeout=3s --start-period=90s CMD ["/usr/local/bin/seeka", "health"]
ENTRYPOINT ["/usr/local/bin/seeka"]
