FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json build.mjs LICENSE ./
RUN npm ci --ignore-scripts
COPY scripts/build ./scripts/build
COPY src ./src
COPY routes ./routes
RUN node build.mjs --code && mkdir dist/compile-cache

FROM gcr.io/distroless/nodejs24-debian13:nonroot
WORKDIR /app
COPY --from=build /src/dist/main.js /src/dist/package.json /src/dist/THIRD-PARTY.txt ./dist/
COPY --from=build /src/dist/chunks ./dist/chunks
COPY --from=build /src/dist/dashboard ./dist/dashboard
COPY --from=build --chown=65532:65532 /src/dist/compile-cache ./dist/compile-cache
COPY package.json LICENSE ./
COPY scenarios ./scenarios
COPY routes/*.cases.yaml ./routes/
COPY clients/python/session_mock.py ./clients/python/
COPY scripts/fill-compile-cache.mjs ./scripts/
LABEL org.opencontainers.image.title="session-mock" \
      org.opencontainers.image.description="A test double for the session APIs of NetBrain, Videntity, CBRAIN and HCX Manager" \
      org.opencontainers.image.licenses="MIT"
ENV SESSION_MOCK_HOST=0.0.0.0 NODE_COMPILE_CACHE=/app/dist/compile-cache
RUN ["/nodejs/bin/node", "scripts/fill-compile-cache.mjs"]
EXPOSE 4100 9443
HEALTHCHECK --interval=2s --timeout=2s CMD ["/nodejs/bin/node", "/app/dist/main.js", "healthcheck"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
