# A small image that runs the gateway as nobody in particular.
#
#   ./dev image
#   docker run --read-only --volume /etc/postern:/etc/postern:ro --volume postern:/var/lib/postern \
#       --publish 8080:8080 postern
#
# The configuration comes in at /etc/postern/postern.toml; database and keys belong into the volume /var/lib/postern,
# which user 10001 must be able to write. Nothing else is written, so the root file system may be read-only.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev make cmake pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build

# Installs the rest of what it needs: servers and load generators whose traffic the binary is compiled for.
COPY . .
RUN ./dev release && strip --strip-debug target/shipped/postern

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/postern
COPY --from=build /build/target/shipped/postern /usr/local/bin/postern
# By number, so that a cluster can see for itself that it is not root.
USER 10001:10001
WORKDIR /var/lib/postern
VOLUME /var/lib/postern
# The data plane and the control plane, where the configuration says `0.0.0.0:8080` and `0.0.0.0:8081`.
EXPOSE 8080 8081
# No HEALTHCHECK: the image has no program to ask with. Point the orchestrator's own probes at /livez and /readyz of the
# control plane.
# On SIGTERM open requests are finished first: give it longer than `listen.drain` before killing it.
STOPSIGNAL SIGTERM
ENTRYPOINT ["postern"]
CMD ["run", "--config", "/etc/postern/postern.toml"]
