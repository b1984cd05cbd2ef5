import type { Settings } from '../../daemon/config/settings.js';
import type { StatusDocument } from '../../daemon/status-document.js';
import type { ClockFacts, MachineFacts, PageFacts, SocketFacts } from '../probe-facts.js';
import type { KernelVersion } from './kernel-version.js';
import type { ChronyConf } from './read-chrony-conf.js';
import type { RefclockLine } from './refclock-line.js';

/** All that the checks know. Facts only: what they mean is the checks' to say. */
export interface DoctorFacts {
  /** We run as root: what is missing is missing, and not just out of our sight. */
  readonly asRoot: boolean;
  readonly machine: MachineFacts;
  readonly kernel: KernelFacts;
  readonly nodes: readonly DeviceNode[];
  /** PTP clocks, best first, each tried. */
  readonly clocks: readonly ClockFacts[];
  /** Their devices with links followed, in the same order: /dev/ptp0 for /dev/ptp_kvm. */
  readonly clockDevices: readonly string[];
  /** The device that the daemon reads or is told to read, with links followed; "auto" when it may choose. */
  readonly namedDevice: string;
  readonly pages: readonly PageFacts[];
  /** TAI − UTC, s; 0 when nobody has told the kernel. */
  readonly kernelTaiOffsetSeconds: number;
  /** null when /proc cannot be listed. */
  readonly processes: readonly ProcessFacts[] | null;
  readonly chrony: ChronyFacts;
  readonly confinement: ConfinementFacts;
  readonly daemon: DaemonFacts;
  readonly sockets: { readonly command: SocketFacts; readonly refclock: SocketFacts };
  /** Facts that could not be gathered at all, by subject: a defect of ours or of the machine. */
  readonly troubles: readonly string[];
}

export interface KernelFacts {
  /** As `uname -r` prints it, "" when unknown. */
  readonly release: string;
  /** kernel.org's version; undefined when it cannot be told. */
  readonly version: KernelVersion | undefined;
  /** ACPI or the device tree have a vmclock. */
  readonly vmclockOffered: boolean;
  readonly ptpKvm: ModuleFacts;
  readonly ptpVmclock: ModuleFacts;
}

/** A kernel module, built in or not. */
export interface ModuleFacts {
  readonly loaded: boolean;
  readonly builtIn: boolean;
  /** It is installed for this kernel; null when the list of modules cannot be read. */
  readonly available: boolean | null;
  /** A file of modules-load.d names it. */
  readonly atBoot: boolean;
}

/** A device node of a PTP clock or a vmclock page. */
export interface DeviceNode {
  readonly path: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  readonly uid: number;
  /** The group's name, or its number where it has none. */
  readonly group: string;
}

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** The kernel's name for it, at most 15 characters. */
  readonly name: string;
  /** Its command line; of programs that do not matter to us, none. */
  readonly arguments: readonly string[];
  /** The systemd unit that it belongs to, such as "ntpsec.service"; "" when it belongs to none. */
  readonly unit: string;
  /** Effective user id. */
  readonly uid: number;
  /** Effective capabilities, a bit each. */
  readonly capabilities: bigint;
}

export interface ChronyFacts {
  /** Path of the program; "" when there is none. */
  readonly binary: string;
  /** Such as "4.6.1"; "" when it did not tell. */
  readonly version: string;
  /** Why it did not tell. */
  readonly versionError: string;
  /** The configuration file that is or would be read. */
  readonly file: string;
  /** The folder in which it reads more, "" when the configuration names none that it would take our line from. */
  readonly folder: string;
  readonly conf: ChronyConf;
  readonly refclocks: readonly RefclockLine[];
  /** Devices of the refclocks with their links followed, in the order of `refclocks`. */
  readonly devices: readonly string[];
  /** The leapseclist file that the configuration names is there; null when it names none. */
  readonly leapListPresent: boolean | null;
  /** The name of systemd's unit: "chrony" on Debian, "chronyd" elsewhere. */
  readonly unit: 'chrony' | 'chronyd';
}

export interface ConfinementFacts {
  readonly appArmor: {
    readonly enabled: boolean;
    /** chronyd's profile with its local additions; null when there is none, or it is switched off. */
    readonly rules: string | null;
  };
  /** null: the kernel has no SELinux. */
  readonly seLinuxEnforcing: boolean | null;
}

export interface DaemonFacts {
  /** The running daemon; null when no process looks like it. */
  readonly process: ProcessFacts | null;
  /** Its configuration file. */
  readonly file: string;
  /** The settings of the running daemon, or of one that would be started now; the defaults where they are wrong. */
  readonly settings: Settings;
  /** What is wrong with the configuration. */
  readonly problems: readonly string[];
  readonly status: StatusDocument | null;
  /** Why there is no status. */
  readonly statusError: string;
}
