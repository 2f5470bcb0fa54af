/**
 * The groups that one gateway coordinates, on one lane: taken over from the tables, changed as
 * their machines decide, written, and only then answered.
 *
 * <p>Owns: take-over, the order of writes and answers, long polls, what is asked of partitions'
 * owners. Must not own: decisions about members and commits, who owns a slot, how requests get
 * here. May depend on: the groups' words and machines, log, metadata. Never folded.
 */
@NullMarked
package sluice.consumer.coordinator;

import org.jspecify.annotations.NullMarked;
