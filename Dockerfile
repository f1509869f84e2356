# The plain container, and the managed plugin's file system: docs/container.md, docs/managed-plugin.md.
#   docker build -t hpe3pard:0.1.0 .
FROM debian:bookworm-slim AS build
# Programs for this Debian that the context has, as /src/DIR; without it they are compiled. .dockerignore leaves build/ out.
ARG HPE3PAR_BIN
COPY . /src
RUN /src/scripts/build-plugin /package

FROM scratch
COPY --from=build /package/rootfs /
ENTRYPOINT ["/usr/sbin/hpe3pard"]
