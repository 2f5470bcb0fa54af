/**
 * Topics, groups and the cluster: {@link sluice.client.admin.Admin} looks at them and changes them.
 */
@NullMarked
package sluice.client.admin;

import org.jspecify.annotations.NullMarked;
