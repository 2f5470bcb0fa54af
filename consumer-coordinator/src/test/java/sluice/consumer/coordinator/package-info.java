@NullMarked
package sluice.consumer.coordinator;

import org.jspecify.annotations.NullMarked;
