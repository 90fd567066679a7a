#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the runtime fits a graph to: layouts of memory depend on the instructions there are.
package enum Processor {
  /// The processor's name and its instructions, as the system states them.
  package static var description: String {
    #if canImport(Darwin)
      return ["machdep.cpu.brand_string", "hw.cpufamily", "hw.optional.arm.caps"]
        .map { "\($0)=\(systemValue($0))" }.joined(separator: "\n")
    #else
      // All cores are alike: the first one's lines.
      guard let file = fopen("/proc/cpuinfo", "r") else { return "" }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 14)
      let count = fread(&bytes, 1, bytes.count, file)
      let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
      let kept = ["model", "vendor_id", "stepping", "flags", "Features", "CPU ", "isa"]
      var seen: Set<Substring> = []
      return lines.filter { line in
        let name = line.prefix { $0 != ":" && $0 != "\t" }
        return kept.contains(where: name.hasPrefix) && seen.insert(name).inserted
      }.joined(separator: "\n")
    #endif
  }

  #if canImport(Darwin)
    private static func systemValue(_ name: String) -> String {
      var count = 0
      guard sysctlbyname(name, nil, &count, nil, 0) == 0 else { return "" }
      var bytes = [UInt8](repeating: 0, count: count)
      guard sysctlbyname(name, &bytes, &count, nil, 0) == 0 else { return "" }
      return bytes.prefix(count).map { String($0) }.joined(separator: " ")
    }
  #endif
}
