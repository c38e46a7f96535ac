# make run: the demo company on http://localhost:8000 · make test: everything · make bench: the figures · make lint: the house rules
.PHONY: run test bench lint setup

# Make's own settings (-j, -i) are nobody's business below.
MAKEFLAGS =

run:
	@bin/setup run
	@bin/kept demo --if-empty
	@exec bin/kept run

test:
	@bin/test

bench:
	@bin/setup test
	@bin/bench

lint:
	@bin/setup test
	@bin/lint

setup:
	@bin/setup run
