@NullMarked
package sluice.consumer.group;

import org.jspecify.annotations.NullMarked;
