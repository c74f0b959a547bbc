# Builds the one executable, then ships it alone.
FROM oven/bun:1.4.5 AS build
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
COPY patches ./patches
RUN bun install --frozen-lockfile
COPY . .
RUN bun run build

FROM debian:12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/byte byte
COPY --from=build /src/dist/byte /usr/local/bin/byte
USER byte
WORKDIR /var/lib/byte
ENV BYTE_DATA_DIR=/var/lib/byte/data BYTE_HOST=0.0.0.0 PORT=7860
VOLUME /var/lib/byte
EXPOSE 7860
STOPSIGNAL SIGTERM
# The binary asks its own /health: the image has no other program that could.
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD ["/usr/local/bin/byte", "health"]
ENTRYPOINT ["/usr/local/bin/byte"]
