# The production image: the application and the locked packages, no compiler, no root.
FROM python:3.12-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: \
        -r /tmp/base.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home targeting \
    && install --directory --owner=targeting --mode=0700 /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    TARGETING_DATA_DIR=/data \
    TARGETING_STATIC_DIR=/srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/targeting-centre
COPY manage.py ./
COPY config config
COPY shipments shipments
COPY risk risk
COPY targeting targeting
COPY fixtures fixtures
RUN python -m compileall -q manage.py config shipments risk targeting
# With the settings that need no secret: none may be baked into an image.
RUN python manage.py collectstatic --no-input --settings=config.settings.base
USER targeting
EXPOSE 8000
CMD ["granian", "--interface=asginl", "--host=0.0.0.0", "--port=8000", "config.asgi:application"]
