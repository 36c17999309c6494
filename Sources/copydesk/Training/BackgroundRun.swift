// A run in a process of its own, which survives the terminal and the studio.
// - The program is started again with the same words. The new process reads model and data, says on this terminal what it
//   finds, and takes the folder. Only then does it leave the terminal: a session of its own, the lowest priority, its
//   words to a file. So everything that can be wrong is said here, and nothing is read twice.
// - A pipe tells this process that the run goes on. If the pipe ends without a byte, the new process has failed, and its
//   exit status becomes ours.

import ArgumentParser
import Foundation
import Generation
import Training

/// The process that starts a run in the background.
enum BackgroundStart {
    /// Starts the program again and waits until its run goes on.
    /// - Throws: `Failure` if there is no process to be had; an `ExitCode` if the run could not begin.
    static func run() throws {
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
        defer { interrupts.cancel() }
        let pipe = try makePipe()
        let process: pid_t
        do {
            defer { close(pipe.writing) }
            process = try start(reporting: pipe.writing)
        }
        let isGoing = waitForReport(pipe.reading, from: process, stopSignal)
        close(pipe.reading)
        if isGoing { return }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        // The low seven bits name the signal that ended it, if one did.
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : ExitStatus.failed
        throw code == ExitStatus.interrupted ? Interrupted() as any Error : ExitCode(code == 0 ? 1 : code)
    }

    private static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure("No process can be started: \(String(cString: strerror(errno))). Close other programs.")
        }
        return (ends[0], ends[1])
    }

    private static func start(reporting descriptor: Int32) throws -> pid_t {
        var environment = ProcessInfo.processInfo.environment
        environment[BackgroundProcess.variable] = "\(descriptor)"
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        closeAtStart()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The same number twice: the new process keeps it open.
        posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor)
        var process: pid_t = 0
        let code = posix_spawn(&process, executable, &actions, nil, &arguments, &variables)
        guard code == 0 else {
            throw Failure("No process can be started: \(String(cString: strerror(code))). Close other programs.")
        }
        return process
    }

    /// The file of this program. If another one took its place, such as a newer version, the kernel still knows the old one.
    private static var executable: String {
        let link = "/proc/self/exe"
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
        return FileManager.default.isExecutableFile(atPath: path) ? path : link
    }

    /// Leaves the new process nothing that is open here, such as a pipe whose end somebody waits for.
    private static func closeAtStart() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > STDERR_FILENO {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// - Returns: true if the process told that its run goes on; false if it ended.
    private static func waitForReport(_ descriptor: Int32, from process: pid_t, _ stopSignal: StopSignal) -> Bool {
        var hasForwarded = false
        while true {
            if stopSignal.isRaised, !hasForwarded {
                kill(process, SIGTERM)
                hasForwarded = true
            }
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            return count == 1
        }
    }
}

/// The process that a run in the background has for itself.
struct BackgroundProcess {
    /// Names the descriptor of the pipe to the process that started this one.
    static let variable = "COPYDESK_BACKGROUND_RUN"

    private let report: Int32

    /// nil if the program was not started by `BackgroundStart`.
    static let current: BackgroundProcess? = {
        guard let text = ProcessInfo.processInfo.environment[variable], let descriptor = Int32(text), descriptor > 2,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { return nil }
        return BackgroundProcess(report: descriptor)
    }()

    /// Leaves the terminal, and tells the process that started this one.
    /// - Parameter path: of the file for everything that is said from now on; it is appended to.
    /// - Throws: `Failure` if the file cannot be made.
    func detach(outputPath path: String) throws {
        let output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard output >= 0 else {
            throw Failure("\(path) cannot be written: \(String(cString: strerror(errno))). Check the folder.")
        }
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        setsid()
        signal(SIGPIPE, SIG_IGN)  // the process that started this one may be gone
        if nothing >= 0 { dup2(nothing, STDIN_FILENO) }
        dup2(output, STDOUT_FILENO)
        dup2(output, STDERR_FILENO)
        for descriptor in [nothing, output] where descriptor > STDERR_FILENO { close(descriptor) }
        Self.lowerPriority()
        var byte: UInt8 = 1
        _ = write(report, &byte, 1)
        close(report)
    }

    /// Linux has a priority for each thread, which new threads take from the one that makes them.
    private static func lowerPriority() {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        let kind = Int32(PRIO_PROCESS.rawValue)
        for thread in threads.compactMap({ UInt32($0) }) { setpriority(kind, thread, 19) }
        setpriority(kind, 0, 19)
    }
}
