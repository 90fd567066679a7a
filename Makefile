# `make demo` from a fresh clone sets up, builds, and explains a shipped picture.

SWIFT ?= swift
PYTHON ?= python3
GRADCAM = .build/release/gradcam
TOOLS_PYTHON = .venv/bin/python

.PHONY: setup setup-openvino build demo vectors test examples lint docs install bench coverage parity evaluation \
  clean

PREFIX ?= /usr/local
DOCUMENTATION = .build/documentation

# System libraries and ONNX Runtime: only what is missing.
setup:
	@Tools/setup.sh

# OpenVINO, for `--engine openvino`; nothing needs it.
setup-openvino:
	@Tools/setup-openvino.sh

build: setup
	$(SWIFT) build -c release --product gradcam

# Explains one page for four of its elements.
demo: build
	$(GRADCAM) explain Models/document-pages/document-pages.onnx \
	  Models/document-pages/samples/page-1.jpg --target top:4 -o demo-output/

# ONNX's own test vectors, for the tests; without the package they cannot be had, and are left out.
vectors:
	@Tools/vectors.sh

# Debug build and tests; the last line printed is the test runner's own.
test: setup vectors
	@$(SWIFT) test --disable-xctest

# Baked models with nothing of ours: Python, C, and a page with onnxruntime-web in a browser, where
# they can be had.
examples: setup .venv/requirements-examples.txt
	$(SWIFT) build
	@PYTHON=$(TOOLS_PYTHON) Tools/setup-onnxruntime-web.sh
	@$(TOOLS_PYTHON) Tools/check_examples.py

# The sources are formatted, and nobody left a file that is too long to read.
lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks
	@Tools/check-lengths.sh

# The library's documentation, without a warning, and completions for bash, zsh and fish.
docs:
	$(SWIFT) build
	@Tools/docs.sh

# The command with the runtime it found, its man pages and completions, below PREFIX.
install: build
	$(SWIFT) build
	@Tools/docs.sh man
	install -d $(PREFIX)/bin $(PREFIX)/lib $(PREFIX)/share/man/man1 \
	  $(PREFIX)/share/bash-completion/completions $(PREFIX)/share/zsh/site-functions \
	  $(PREFIX)/share/fish/vendor_completions.d
	install $(GRADCAM) $(PREFIX)/bin/gradcam
	if [ -d .onnxruntime ]; then cp -P .onnxruntime/libonnxruntime.* $(PREFIX)/lib/; fi
	install -m 644 $(DOCUMENTATION)/man1/*.1 $(PREFIX)/share/man/man1/
	install -m 644 $(DOCUMENTATION)/gradcam.bash $(PREFIX)/share/bash-completion/completions/gradcam
	install -m 644 $(DOCUMENTATION)/gradcam.zsh $(PREFIX)/share/zsh/site-functions/_gradcam
	install -m 644 $(DOCUMENTATION)/gradcam.fish $(PREFIX)/share/fish/vendor_completions.d/gradcam.fish

# Explanation beside plain inference, in one run.
bench: build .venv/requirements-parity.txt
	-Tools/setup-openvino.sh
	$(SWIFT) build -c release --product gradcam-bench
	$(TOOLS_PYTHON) Tools/bench.py
	$(TOOLS_PYTHON) Tools/bench_methods.py

# The zoo at full size beside PyTorch, which is installed into a folder of its own; writes
# COVERAGE.md. It takes hours, goes on where it stopped, and keeps what is there in .cache.
# `make coverage ONLY="resnet18 vgg11"` looks at a few networks and writes no page.
coverage: build .venv/requirements.txt
	$(SWIFT) build -c release --product gradcam-bench
	$(TOOLS_PYTHON) Tools/coverage.py $(if $(ONLY),--only $(ONLY))

# Every method beside the packages people use, on full-size networks; prints a table. It takes an hour,
# goes on where it stopped, and keeps what is there in .cache. `make parity ONLY="resnet18"` is less.
parity: build .venv/requirements-parity.txt
	$(SWIFT) build -c release --product gradcam-bench
	$(TOOLS_PYTHON) Tools/parity.py $(if $(ONLY),--only $(ONLY))

# Methods beside controls on annotated photos; writes EVALUATION.md. It goes on where it stopped.
# `make evaluation DATA=DIR` names another folder than ../shared/data.
evaluation: build
	$(PYTHON) Tools/evaluation.py $(if $(DATA),--data $(DATA))

.venv/requirements-parity.txt: Tools/requirements-parity.txt .venv/requirements.txt
	$(TOOLS_PYTHON) -m pip install --quiet -r Tools/requirements.txt -r $<
	$(TOOLS_PYTHON) -m pip install --quiet --no-deps -r Tools/requirements-quantus.txt
	@cp $< $@

.venv/requirements-examples.txt: Tools/requirements-examples.txt Tools/requirements.txt
	$(PYTHON) -m venv .venv
	$(TOOLS_PYTHON) -m pip install --quiet -r $< -c Tools/requirements.txt
	@cp $< $@

# The copy is the mark of what is installed; the interpreter itself is a link out of the folder.
.venv/requirements.txt: Tools/requirements.txt
	$(PYTHON) -m venv .venv
	$(TOOLS_PYTHON) -m pip install --quiet -r Tools/requirements.txt
	@cp Tools/requirements.txt $@

clean:
	rm -rf .build .venv .onnxruntime .onnxruntime.partial.* .openvino .openvino.partial.* demo-output
