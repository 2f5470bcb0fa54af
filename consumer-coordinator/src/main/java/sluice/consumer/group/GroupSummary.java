package sluice.consumer.group;

import sluice.metadata.GroupConfig;

/** A group as its item in the table tells of it. */
public record GroupSummary(String name, GroupConfig config, long createdAtMs) {}
