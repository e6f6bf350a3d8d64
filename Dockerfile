FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json build.mjs ./
RUN npm ci --ignore-scripts
COPY src ./src
COPY routes ./routes
RUN node build.mjs --code

FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
COPY --from=build /src/dist/main.js /src/dist/package.json /src/dist/THIRD-PARTY.txt ./dist/
COPY --from=build /src/dist/chunks ./dist/chunks
COPY package.json LICENSE ./
COPY scenarios ./scenarios
LABEL org.opencontainers.image.title="session-mock" \
      org.opencontainers.image.description="A test double for the session APIs of NetBrain, Videntity, CBRAIN and HCX Manager" \
      org.opencontainers.image.licenses="MIT"
ENV SESSION_MOCK_HOST=0.0.0.0
EXPOSE 4100 9443
HEALTHCHECK --interval=2s --timeout=2s --start-period=5s CMD ["/nodejs/bin/node", "/app/dist/main.js", "healthcheck"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
