# A client of HCX on port 443, for PowerShell 7: it logs in, prints the version of the appliance, and logs out.
#   $env:HCX_PASSWORD = 'demo'; pwsh client.ps1 http://127.0.0.1:4100 demo
param(
    [string]$Server = 'http://127.0.0.1:4100',
    [string]$User = 'demo'
)
$ErrorActionPreference = 'Stop'

$api = "$Server/hybridity/api"
$password = $env:HCX_PASSWORD ?? 'demo'
# The certificate of an appliance is self-signed.
$request = @{ SkipCertificateCheck = $true; Headers = @{ Accept = 'application/json' } }

$body = @{ username = $User; password = $password } | ConvertTo-Json
$login = Invoke-WebRequest @request -Method Post -Uri "$api/sessions" -ContentType 'application/json' -Body $body
$request.Headers['x-hm-authorization'] = [string]$login.Headers['x-hm-authorization']
try {
    $about = Invoke-RestMethod @request -Uri "$api/about"
    "HCX $($about.version)"
}
finally {
    Invoke-RestMethod @request -Method Delete -Uri "$api/sessions" | Out-Null
}
