
# ---- what an operator adds for a gateway in front ----

// Only who is signed in reads, so that a test can tell a page that was let through from one that everybody may see.
$wgGroupPermissions['*']['read'] = false;
$wgGroupPermissions['*']['edit'] = false;
$wgGroupPermissions['*']['createaccount'] = false;
// A person whose address is not confirmed can do nothing but confirm it.
$wgEmailConfirmToEdit = true;
// The session lives in the database: the answer that names its owner and the page itself come from different processes.
$wgMainCacheType = CACHE_DB;
$wgSessionCacheType = CACHE_DB;

// A sign-out ends the verification. MediaWiki has several ways to sign out (a page, its script's API call), and every page
// of it can be asked for under the name of another (`?curid=`), so the gateway must let none pass by its path. This says it
// in the answer instead, the way the gateway knows it from Jira.
$wgHooks['UserLogoutComplete'][] = static function () {
	header( 'X-Seraph-LoginReason: OUT' );
};
