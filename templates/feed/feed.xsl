<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:atom="http://www.w3.org/2005/Atom" exclude-result-prefixes="atom">
<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>
<xsl:template match="/">
<html lang="{{ language }}" dir="{{ direction }}">
<head>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title><xsl:value-of select="/atom:feed/atom:title | /rss/channel/title"/></title>
<style>{{ style }}</style>
</head>
<body>
<main>
<p class="notice">{{ _("This is a feed. Copy its address into a feed reader to follow it.") }}</p>
<h1><xsl:value-of select="/atom:feed/atom:title | /rss/channel/title"/></h1>
<p class="counts"><xsl:value-of select="/atom:feed/atom:subtitle | /rss/channel/description"/></p>
<xsl:for-each select="/atom:feed/atom:entry">
<article class="paper">
<h2 class="p-title"><a class="p-link" href="{atom:link[@rel='alternate']/@href}"><xsl:value-of select="atom:title"/></a></h2>
<p class="p-meta"><xsl:value-of select="substring(atom:updated, 1, 10)"/></p>
<p class="p-text"><xsl:value-of select="atom:summary"/></p>
</article>
</xsl:for-each>
<xsl:for-each select="/rss/channel/item">
<article class="paper">
<h2 class="p-title"><a class="p-link" href="{link}"><xsl:value-of select="title"/></a></h2>
<p class="p-meta"><xsl:value-of select="pubDate"/></p>
<p class="p-text"><xsl:value-of select="description"/></p>
</article>
</xsl:for-each>
</main>
</body>
</html>
</xsl:template>
</xsl:stylesheet>
