#!/usr/bin/env bash
# Generates Sources/ONNXFormat/Schema/model.pb.swift from model.proto beside it.
# Needs protoc (apt: protobuf-compiler, brew: protobuf).  protoc-gen-swift is built from the
# swift-protobuf version that Package.swift names, once, into .build-schema.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.39.0
plugin=.build-schema/swift-protobuf
if [ ! -d "$plugin" ]; then
  git clone --quiet --depth 1 --branch "$version" https://github.com/apple/swift-protobuf "$plugin"
fi
swift build --package-path "$plugin" --product protoc-gen-swift
protoc --plugin="$plugin/.build/debug/protoc-gen-swift" \
  --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true --swift_opt=FileNaming=DropPath \
  --proto_path=Sources/ONNXFormat/Schema --swift_out=Sources/ONNXFormat/Schema model.proto
