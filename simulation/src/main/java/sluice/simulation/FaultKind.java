package sluice.simulation;

import java.util.EnumSet;
import java.util.Set;

/** What may go wrong. Names are shown in reports, with the numbers of the list of faults. */
enum FaultKind {
    KILL("kill -9 (F1)"),
    KILL_AT_STEP("kill -9 at a chosen step (F1, F17)"),
    KILL_OF_TWO("kill -9 of two (F9)"),
    KILL_OF_ALL("kill -9 of all"),
    RESTART_AT_ONCE("restart within a second (F20)"),
    POWER_CUT("power cut of one (F2)"),
    POWER_CUT_AT_STEP("power cut at a chosen step (F2)"),
    POWER_CUT_OF_ALL("power cut of all (F2)"),
    PAUSE("pause (F19)"),
    PAUSE_AT_STEP("pause at a chosen step (F16, F19)"),
    LONG_PAUSE("pause of a minute (F19)", true),
    DRAIN("drain and restart (F22)"),
    ROLLING_RESTART("rolling restart (F22)", true),
    SCALE_TO_ZERO("drain of all, then empty disks", true),
    JOIN("gateway joins (F30)"),
    LEAVE("gateway drains and leaves (F30)"),
    DISK_WIPED("disk wiped, back as a new one (F3)"),
    DISK_ROLLED_BACK("disk swapped with its own past (F4)"),
    BIT_FLIP("bit flip in a copy (F5)"),
    PAGE_ZEROED("page of a copy zeroed (F6)"),
    FENCE_DAMAGED("fence mark damaged (F7)"),
    SYNC_ERROR("sync fails once (F8)"),
    WRITE_ERROR("write fails once (F8)"),
    CREATE_ERROR("creation of a copy fails once (F8)"),
    FENCE_ERROR("fence fails once (F8)"),
    READ_ERROR("read fails once (F8)"),
    DISK_FULL("disk full for a while (F8)"),
    DISK_STALLS("disk stalls (F21, F51)"),
    CUT_ONE_WAY("link cut one way (F10)"),
    CUT_OFF("gateway cut off its peers (F10)"),
    CUT_OFF_METADATA("gateway cut off the metadata (F10)"),
    LINK_RESET("link reset"),
    SLOW_LINK("slow link (F13, F21)"),
    CLOCK_JUMP("wall clock jumps an hour (F27)"),
    CLOCK_DRIFT("clock drifts 5 % (F27)"),
    METADATA_AWAY("metadata away for seconds (F23)"),
    METADATA_LONG_AWAY("metadata away for minutes (F23)", true),
    METADATA_ANSWERS_LOST("metadata answers lost in a row (F24)"),
    METADATA_WRITES_LATE("metadata writes applied late (F24)"),
    METADATA_SLOW("metadata and objects slow for one (F14)"),
    HEARTBEATS_THROTTLED("heartbeats throttled (F25)"),
    WALS_THROTTLED("wal records throttled (F25)"),
    OBJECTS_AWAY("objects away for seconds (F47)"),
    OBJECTS_LONG_AWAY("objects away for minutes (F47)", true),
    OBJECTS_STORM("storm of 503 from objects (F42)"),
    OBJECTS_ANSWERS_LOST("answers of objects lost (F42)");

    private final String shown;
    private final boolean isLong;

    FaultKind(String shown) {
        this(shown, false);
    }

    FaultKind(String shown, boolean isLong) {
        this.shown = shown;
        this.isLong = isLong;
    }

    /** True if it needs a run of minutes. */
    boolean isLong() {
        return isLong;
    }

    static Set<FaultKind> all() {
        return EnumSet.allOf(FaultKind.class);
    }

    String counter() {
        return "fault: " + shown;
    }
}
