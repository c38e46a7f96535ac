# make run: the demo company on http://localhost:8000 · make test: everything · make test-random: new examples for every law, by night · make bench: the figures · make lint: the house rules
.PHONY: run test test-random bench lint setup

# Make's own settings (-j, -i) are nobody's business below.
MAKEFLAGS =

run:
	@bin/setup run
	@bin/kept demo --if-empty
	@exec bin/kept run

test:
	@bin/test

test-random:
	@bin/setup test
	@KEPT_TEST_EXAMPLES=nightly .venv/bin/pytest -q -m hypothesis

bench:
	@bin/setup test
	@bin/bench

lint:
	@bin/setup test
	@bin/lint

setup:
	@bin/setup run
