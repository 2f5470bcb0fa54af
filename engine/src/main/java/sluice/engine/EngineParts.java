package sluice.engine;

import sluice.engine.peer.PeerCalls;
import sluice.metadata.SlotStore;
import sluice.metadata.WalStore;

/** What every part of an engine may need, made before there is a wal. */
record EngineParts(
        EnginePorts ports,
        EngineLimits limits,
        EngineMetrics metrics,
        Membership membership,
        SlotTable table,
        WalStore walStore,
        SlotStore slotStore,
        OwnedSlots owned,
        SlotStateLoader states,
        FooterWarmer warmer,
        PeerCalls calls) {}
