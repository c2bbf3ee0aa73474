# syntax=docker/dockerfile:1
# A glibc image: Temporal's native core does not support musl. The slim image has no CA certificates.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

FROM ${NODE_IMAGE}
# Not pinned: certificates should be the newest, and Debian keeps only those.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Archives, segments and rows are Buffers, outside V8's heap: half of the container's memory is theirs.
ENV NODE_ENV=production \
    PARTNERDAY_PROBE_PORT=8080 \
    NODE_OPTIONS=--max-old-space-size-percentage=50
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE NOTICE ./
RUN ln -s /app/dist/cli/main.js /usr/local/bin/partnerday \
  && ln -s /app/dist/cli/main.js /usr/local/bin/temporal-partnerday \
  && install -d -o node -g node /config /config/partners
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
# partners/*.yaml are mounted below it; partnerday.yaml is optional.
WORKDIR /config
# /livez and /readyz
EXPOSE 8080
ENTRYPOINT ["partnerday"]
CMD ["worker"]
