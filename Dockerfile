# The managed plugin's file system, and the plain container: docs/managed-plugin.md, docs/container.md.
#   docker build -t hpe3pard:0.1.0 .
FROM debian:bookworm-slim AS build
COPY . /src
WORKDIR /src
RUN . scripts/lib/common.sh && install_packages "${build_packages[@]}" "${run_packages[@]}" \
 && configure release && build release hpe3pard hpe3parctl \
 && . scripts/lib/rootfs.sh && fill_rootfs /rootfs build/release/bin

FROM scratch
COPY --from=build /rootfs /
ENTRYPOINT ["/usr/sbin/hpe3pard"]
