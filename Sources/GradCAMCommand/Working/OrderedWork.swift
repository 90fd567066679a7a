import Dispatch
import Synchronization

/// Work on numbered items that several threads share, whose results come out in order.
///
/// No more than twice as many results as there are threads wait for their turn, so that a slow
/// first item does not fill the memory with what comes after it.
struct OrderedWork<Product: Sendable>: Sendable {
  /// How many items there are.
  let count: Int
  /// How many are worked on at once.
  let workers: Int

  /// What is known of the work between threads.
  private struct State {
    var next = 0
    var isStopped = false
    var products: [Int: Product] = [:]
  }

  /// Makes each item on any thread, and takes them in order on this one.
  ///
  /// - Throws: what `take` throws; items that are being made are finished then, no further begun.
  func run<Failure: Error>(
    making make: @escaping @Sendable (Int) -> Product,
    taking take: (Int, Product) throws(Failure) -> Void
  ) throws(Failure) {
    guard workers > 1, count > 1 else {
      for index in 0..<count { try take(index, make(index)) }
      return
    }
    let shared = Shared(room: 2 * workers)
    let group = DispatchGroup()
    let queue = DispatchQueue(label: "ordered work", attributes: .concurrent)
    for _ in 0..<min(workers, count) {
      queue.async(group: group) { shared.work(count, make) }
    }
    defer {
      shared.stop(workers)
      group.wait()
    }
    for index in 0..<count { try take(index, shared.product(index)) }
  }

  /// What the threads share.
  private final class Shared: Sendable {
    private let state = Mutex(State())
    /// Places for results that nobody has taken yet.
    private let room: DispatchSemaphore
    /// Counts results.
    private let arrived = DispatchSemaphore(value: 0)

    /// A semaphore must not go with a lower value than it began with, as it does where a failure
    /// leaves results untaken; so it begins at none.
    init(room: Int) {
      self.room = DispatchSemaphore(value: 0)
      for _ in 0..<room { self.room.signal() }
    }

    /// Makes items until none is left.  A place is had before an item is chosen, so the first item
    /// nobody has is always in the making.
    func work(_ count: Int, _ make: @Sendable (Int) -> Product) {
      while true {
        room.wait()
        let index = state.withLock { state -> Int? in
          guard !state.isStopped, state.next < count else { return nil }
          state.next += 1
          return state.next - 1
        }
        guard let index else {
          room.signal()
          return
        }
        let product = make(index)
        state.withLock { $0.products[index] = product }
        arrived.signal()
      }
    }

    /// The product of an item, as soon as it is there.
    func product(_ index: Int) -> Product {
      while true {
        if let product = state.withLock({ $0.products.removeValue(forKey: index) }) {
          room.signal()
          return product
        }
        arrived.wait()
      }
    }

    /// Lets no further item begin.
    func stop(_ workers: Int) {
      state.withLock { $0.isStopped = true }
      for _ in 0..<workers { room.signal() }
    }
  }
}
