# The plain container, and the managed plugin's file system: docs/container.md, docs/managed-plugin.md.
#   docker build -t hpe3pard:0.1.0 .
FROM debian:bookworm-slim AS build
# Where the programs are, below /src; without it they are compiled.
ARG HPE3PAR_BIN
COPY . /src
RUN /src/scripts/build-plugin /package

FROM scratch
COPY --from=build /package/rootfs /
ENTRYPOINT ["/usr/sbin/hpe3pard"]
