# One image for the API, the public front end and the load generator.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/leaklab
COPY requirements/container.txt requirements/
RUN /opt/leaklab/bin/pip install --no-cache-dir --require-hashes -r requirements/container.txt
COPY pyproject.toml README.md LICENSE ./
COPY mock_api mock_api
COPY frontend_proxy frontend_proxy
COPY policy_lab policy_lab
COPY leaklab leaklab
RUN /opt/leaklab/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin leaklab \
    && install -d -o leaklab -g leaklab -m 0700 /data /leak /gate
COPY --from=build /opt/leaklab /opt/leaklab
COPY loadtests /opt/loadtests
USER leaklab
ENV PATH=/opt/leaklab/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME ["/data", "/leak", "/gate"]
ENTRYPOINT ["leaklab"]
CMD ["--help"]
