# One image for the four services and the command: what runs is named as a module.
#   docker run holdfast services.grading            docker run holdfast services.grading migrate
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
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
