# syntax=docker/dockerfile:1

# One image for api, worker, migrate and the two stubs; the command says which.
# Debian, because the Temporal SDK has no build for Alpine's C library.
FROM node:22.23.2-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
COPY drizzle ./drizzle
RUN npm run build \
  && npm prune --omit=dev \
  # The SDK ships its core for five platforms; this image is one of them.
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
       ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm node_modules/swagger-ui-dist/*.map \
  && mkdir /data

FROM node:22.23.2-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# For TLS to Temporal: the slim image has no certificate authorities.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/drizzle/migrations ./drizzle/migrations
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json ./
# Only the stubs write: their ledgers go to volumes here.
COPY --from=build --chown=1000:1000 /data /data
# The image's user node, as a number: an orchestrator can then see that it is not root.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/src/api.js"]
