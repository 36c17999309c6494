import Synchronization
import Testing

@testable import Tensors

private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}

@Suite struct `Worker teams` {
    @Test(arguments: [1, 2, 5])
    func `every item of a shared loop is done once, in every region`(threads: Int) {
        let team = WorkerTeam(threadCount: threads)
        let sum = Atomic<Int>(0)
        for round in 1...300 {
            let total = round % 41
            team.run { worker in
                for _ in 0..<3 { worker.share(total) { sum.add($0 + 1, ordering: .relaxed) } }
            }
            #expect(sum.exchange(0, ordering: .relaxed) == 3 * total * (total + 1) / 2)
        }
    }

    @Test(arguments: [1, 2, 3])
    func `any number of loops may run between two barriers`(threads: Int) {
        let team = WorkerTeam(threadCount: threads)
        let sum = Atomic<Int>(0)
        team.run { worker in
            for total in 0..<100 { worker.share(total) { sum.add($0 + 1, ordering: .relaxed) } }
            worker.barrier()
            for total in 0..<20 { worker.share(total) { sum.add($0 + 1, ordering: .relaxed) } }
        }
        #expect(sum.load(ordering: .relaxed) == (0..<100).map { $0 * ($0 + 1) / 2 }.reduce(0, +) + 1330)
    }

    @Test func `two workers take a loop's items from both ends`() {
        let team = WorkerTeam(threadCount: 2)
        let taken = Mutex([[Int]](repeating: [], count: 2))
        team.run { worker in
            worker.share(1000) { item in taken.withLock { $0[worker.index].append(item) } }
        }
        let (front, back) = taken.withLock { ($0[0], $0[1]) }
        #expect(front == Array(0..<front.count))
        #expect(back == (front.count..<1000).reversed())
    }

    @Test func `after a barrier every worker sees everything written before it`() {
        let team = WorkerTeam(threadCount: 4)
        let x = FloatMatrix(rowCount: 1, columnCount: 4)
        let failures = Atomic<Int>(0)
        team.run { worker in
            for round in 1...500 {
                x.pointer(row: 0)[worker.index] = Float(round)
                worker.barrier()
                for i in 0..<worker.count where x.pointer(row: 0)[i] != Float(round) {
                    failures.add(1, ordering: .relaxed)
                }
                worker.barrier()
            }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: [0, 1, 2, 100])
    func `the workers' ranges cover everything once`(total: Int) {
        let team = WorkerTeam(threadCount: 3)
        let covered = Mutex([Int](repeating: 0, count: total))
        team.run { worker in
            let range = worker.range(of: total)
            covered.withLock { list in for i in range { list[i] += 1 } }
        }
        #expect(covered.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test func `regions started from several threads run one after another`() async {
        let team = WorkerTeam(threadCount: 2)
        let total = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { team.run { _ in total.value.add(1, ordering: .relaxed) } }
            }
        }
        #expect(total.value.load(ordering: .relaxed) == 40)
    }
}
